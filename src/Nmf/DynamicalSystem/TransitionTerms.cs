using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// What the transitions add to the step of a nonnegative dynamical system: the predictions A h, the terms α/g and α
/// h/g² of successors, their products with Aᵀ, and the majorisation-minimisation step of A,
/// <c>A ← A ∘ √( (α h/g²) Hᵀ / (α/g) Hᵀ )</c>, in which the shape of a row cancels. Row n of every matrix of samples
/// belongs to the transition from sample n to sample n + 1, and is zero where a sequence ends.
/// </summary>
/// <remarks>The products run on the kernels for β = 2, with the terms in the place of the data. An iteration costs 12 N
/// K² operations: 2 for the old and 2 for the new predictions, 4 for S and T, 4 for the step of A.</remarks>
internal sealed class TransitionTerms<T> : IBlockWork
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Matrix<T> _h;
    private readonly SequenceLayout _sequences;
    private readonly WorkTeam _team;
    private readonly T[] _shapes;
    private readonly int _known;
    private readonly Matrix<T> _inverse;
    private readonly Matrix<T> _ratio;
    private readonly Matrix<T> _numerator;
    private readonly Matrix<T> _denominator;
    private readonly DivergencePass<T> _overActivations;
    private readonly DivergencePass<T> _overInverse;
    private readonly DivergencePass<T> _overRatio;
    private readonly double[] _partial;
    private bool _valueOnly;

    public TransitionTerms(
        Matrix<T> h, Matrix<T> transitions, SequenceLayout sequences, double[] shapes, int known, WorkTeam team)
    {
        var rank = h.Columns;
        (_h, _sequences, _team) = (h, sequences, team);
        Transitions = transitions;
        Transposed = new Matrix<T>(rank, rank);
        _shapes = Array.ConvertAll(shapes, T.CreateChecked);
        _known = known;
        (Predicted, Next, NextSquared) = (new Matrix<T>(h.Rows, rank), new Matrix<T>(h.Rows, rank),
            new Matrix<T>(h.Rows, rank));
        (_inverse, _ratio) = (new Matrix<T>(h.Rows, rank), new Matrix<T>(h.Rows, rank));
        (_numerator, _denominator) = (new Matrix<T>(rank, rank), new Matrix<T>(rank, rank));
        _overActivations = DivergencePass<T>.Create(h, rank, BetaDivergence.Euclidean, team);
        _overInverse = DivergencePass<T>.Create(_inverse, rank, BetaDivergence.Euclidean, team);
        _overRatio = DivergencePass<T>.Create(_ratio, rank, BetaDivergence.Euclidean, team);
        _partial = new double[sequences.Count];
        Transpose(Transitions, Transposed);
    }

    /// <summary>A, rank x rank.</summary>
    public Matrix<T> Transitions { get; }

    /// <summary>Aᵀ.</summary>
    public Matrix<T> Transposed { get; }

    /// <summary>A h_n in row n.</summary>
    public Matrix<T> Predicted { get; }

    /// <summary>S of the successor in row n.</summary>
    public Matrix<T> Next { get; }

    /// <summary>T of the successor in row n.</summary>
    public Matrix<T> NextSquared { get; }

    /// <summary>The predictions for the current activations and transitions.</summary>
    public void Predict() => _overActivations.ActivationProduct(Transposed, Predicted);

    /// <summary>Σ α_k d_IS(h_kn | g_kn) for current predictions.</summary>
    public double Value()
    {
        _valueOnly = true;
        _team.Run(this, _partial.Length);
        _valueOnly = false;
        double value = 0;
        foreach (var part in _partial)
            value += part;
        return value;
    }

    /// <summary>S and T for current predictions.</summary>
    public void PrepareActivations()
    {
        _team.Run(this, _partial.Length);
        _overInverse.ActivationProduct(Transitions, Next);
        _overRatio.ActivationProduct(Transitions, NextSquared);
    }

    /// <summary>The step of A, for predictions that are current; they are not afterwards.</summary>
    public void UpdateTransitions()
    {
        if (_known == _h.Columns)
            return;
        _team.Run(this, _partial.Length);
        _overRatio.DictionaryProduct(_h, _numerator);
        _overInverse.DictionaryProduct(_h, _denominator);
        for (var i = 0; i < _known; i++)
        {
            _numerator.Row(i).Fill(T.One);
            _denominator.Row(i).Fill(T.One);
        }

        FactorKernels.MultiplicativeUpdate(Transitions, _numerator, _denominator, 0.5, _team);
        Transpose(Transitions, Transposed);
    }

    /// <summary>Takes over transitions of a checkpoint.</summary>
    public void Load(BinaryReader reader)
    {
        reader.ReadFactor(Transitions);
        Transpose(Transitions, Transposed);
    }

    /// <summary>A rescaled with the components: <c>a_ij s_i / s_j</c>.</summary>
    public static void Rescale(Matrix<T> transitions, ReadOnlySpan<double> scale)
    {
        for (var i = 0; i < transitions.Rows; i++)
        {
            var row = transitions.Row(i);
            for (var j = 0; j < row.Length; j++)
                row[j] = T.CreateSaturating(double.CreateTruncating(row[j]) * (scale[i] / scale[j]));
        }
    }

    void IBlockWork.Run(int block, int worker)
    {
        var (from, last) = (_sequences.Start(block), _sequences.End(block) - 1);
        double value = 0;
        for (var n = from; n < last; n++)
        {
            Span<T> predicted = Predicted.Row(n), following = _h.Row(n + 1);
            if (_valueOnly)
                value += Value(predicted, following);
            else
                Terms(predicted, following, _inverse.Row(n), _ratio.Row(n));
        }

        if (_valueOnly)
            _partial[block] = value;
    }

    private static void Transpose(Matrix<T> source, Matrix<T> target)
    {
        for (var i = 0; i < source.Rows; i++)
        {
            var row = source.Row(i);
            for (var j = 0; j < row.Length; j++)
                target.Row(j)[i] = row[j];
        }
    }

    private double Value(Span<T> predicted, Span<T> following)
    {
        double value = 0;
        for (var k = 0; k < predicted.Length; k++)
        {
            if (_shapes[k] == T.Zero)
                continue;
            var (x, y) = (double.CreateTruncating(following[k]),
                double.CreateTruncating(T.Max(predicted[k], ActivationFloor<T>.Value)));
            value += double.CreateTruncating(_shapes[k]) * (((x - y) / y) - Math.Log(x / y));
        }

        return value;
    }

    private void Terms(Span<T> predicted, Span<T> following, Span<T> inverse, Span<T> ratio)
    {
        for (var k = 0; k < predicted.Length; k++)
        {
            var reciprocal = T.One / T.Max(predicted[k], ActivationFloor<T>.Value);
            inverse[k] = _shapes[k] * reciprocal;
            ratio[k] = inverse[k] * (following[k] * reciprocal);
        }
    }
}
