using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Hard co-factorisation: minimises <c>Σ_v α_v D_β(V_v | H W_vᵀ)</c> with common activations, by
/// <c>H ← H ∘ (Σ α neg / Σ α pos)^γ</c> and the updates of each dictionary (Févotte and Idier 2011). With one β that is
/// the factorisation of the views side by side. With several, powers of the majorisers are bounded by the largest of
/// them (<see cref="CoupledView{T}.CommonExponent"/>): the objective never increases.
/// </summary>
internal sealed class SharedCoSolver<T> : CoSolver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // As in Solver: scales of the factors must not drift apart.
    private const int RebalanceInterval = 50;

    private readonly GradientParts<T> _sum;
    private readonly double _exponent;
    private readonly double[] _scale;
    private readonly double[] _part;
    private int _steps;

    public SharedCoSolver(CoupledData<T>[] data, Matrix<T>[] dictionaries, Matrix<T> activations, WorkTeam team)
        : base(data, dictionaries, [.. data.Select(_ => activations)], team)
    {
        _sum = new GradientParts<T>(activations);
        CoupledView<T>[] views = [.. data.Select(
            v => new CoupledView<T>(v.Beta, v.Weight, activations, activations, activations))];
        _exponent = CoupledView<T>.HaveOneBeta(views)
            ? BetaDivergence.FastExponent(data[0].Beta) : CoupledView<T>.CommonExponent(views);
        (_scale, _part) = (new double[activations.Columns], new double[activations.Columns]);
    }

    public override void Save(BinaryWriter writer)
    {
        writer.Write(_steps);
        base.Save(writer);
    }

    public override void Load(BinaryReader reader)
    {
        _steps = (int)reader.ReadCount();
        base.Load(reader);
    }

    private protected override void Update()
    {
        _sum.Negative.Clear();
        _sum.Positive.Clear();
        for (var v = 0; v < Data.Length; v++)
        {
            Add(Gradients[v].Negative, _sum.Negative, Data[v].Weight);
            Add(Gradients[v].Positive, _sum.Positive, Data[v].Weight);
        }

        FactorKernels.MultiplicativeUpdate(Activations[0], _sum.Negative, _sum.Positive, _exponent, Team);
        for (var v = 0; v < Data.Length; v++)
            Passes[v].UpdateDictionary(
                Dictionaries[v], Activations[0], BetaDivergence.FastExponent(Data[v].Beta));
        if (++_steps % RebalanceInterval == 0)
            Rebalance();
    }

    private static void Add(Matrix<T> term, Matrix<T> sum, double weight)
    {
        var factor = T.CreateChecked(weight);
        for (var n = 0; n < sum.Rows; n++)
            TensorPrimitives.MultiplyAdd(term.Row(n), factor, sum.Row(n), sum.Row(n));
    }

    // By powers of two, which change no digit.
    private void Rebalance()
    {
        Array.Clear(_scale);
        for (var v = 0; v < Data.Length; v++)
        {
            FactorKernels.ColumnSums(Dictionaries[v], _part);
            for (var k = 0; k < _scale.Length; k++)
                _scale[k] += _part[k] / Data[v].Level;
        }

        for (var k = 0; k < _scale.Length; k++)
        {
            var exponent = _scale[k] > 0 ? Math.ILogB(_scale[k]) : 0;
            (_scale[k], _part[k]) = (Math.ScaleB(1, -exponent), Math.ScaleB(1, exponent));
        }

        foreach (var w in Dictionaries)
            FactorKernels.ScaleColumns(w, _scale);
        FactorKernels.ScaleColumns(Activations[0], _part);
    }
}
