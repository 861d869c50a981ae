using System.Numerics;
using Nmf.Kernels;
using Nmf.Kernels.Dense;
using Nmf.Kernels.Tensors;

namespace Nmf;

/// <summary>
/// A tensor: data with two or more indices, its modes, dense or by coordinates, nonnegative and finite where observed.
/// Validated once, when it is built.
/// </summary>
/// <remarks>
/// <para>Dense tensors are stored with the last index fastest. What an entry means that coordinates leave out is said
/// by <see cref="AbsentEntries"/>: a zero, for β = 1 and β = 2, or an entry that was not observed, for any β.</para>
/// <para>Missing entries take no part in a fit: the objective is the sum over observed ones, each with its
/// weight.</para>
/// <para>Immutable; any number of fits may share it.</para>
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
public sealed partial class NmfTensor<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int[] _shape;
    private readonly Matrix<T>? _dense;
    private readonly Matrix<T>? _weights;
    private readonly Coordinates? _stored;
    private readonly Summary _summary;

    private NmfTensor(
        int[] shape, Matrix<T>? dense, Matrix<T>? weights, Coordinates? stored, AbsentEntries absent, Summary summary)
        => (_shape, _dense, _weights, _stored, AbsentEntries, _summary) = (shape, dense, weights, stored, absent,
            summary);

    /// <summary>Length of every mode.</summary>
    public IReadOnlyList<int> Shape => _shape;

    /// <summary>Number of modes N.</summary>
    public int Order => _shape.Length;

    /// <summary>Whether the tensor is stored by coordinates.</summary>
    public bool IsSparse => _stored is not null;

    /// <summary>What entries mean that coordinates leave out; zero for dense tensors, which store all.</summary>
    public AbsentEntries AbsentEntries { get; }

    /// <summary>Number of stored entries: all of them for a dense tensor.</summary>
    public long StoredEntries => _stored?.Values.Length ?? Size(_shape);

    /// <summary>Weighted mean of all observed entries, zeros included.</summary>
    public double Mean => _summary.Sum / _summary.Weight;

    internal double SumOfSquares => _summary.SumOfSquares;

    internal double Sum => _summary.Sum;

    internal double TotalWeight => _summary.Weight;

    /// <summary>Whether some entry is missing, or has a weight other than 1.</summary>
    internal bool IsWeighted => _summary.IsWeighted;

    internal int[] Lengths => _shape;

    /// <summary>Whether any observed entry has an index in a mode.</summary>
    internal bool[] Observed(int mode)
    {
        var observed = new bool[_shape[mode]];
        if (!IsWeighted)
            Array.Fill(observed, true);
        else
            ForEachObserved((indices, _, _) => observed[indices[mode]] = true);
        return observed;
    }

    /// <summary>The passes of the CP model.</summary>
    internal TensorPass<T> CreatePass(int rank, double beta, WorkTeam team)
    {
        if (_stored is { } stored)
            return TensorPassBuilder.CreateCp(
                stored.Grouped(_shape), AbsentEntries == AbsentEntries.Zero, rank, beta, team);
        return TensorPassBuilder.CreateCp(_dense!, CreateObserved(), _shape, rank, beta, team);
    }

    /// <summary>The passes of the Tucker model over a dense tensor.</summary>
    internal TensorPass<T> CreateTuckerPass(int[] ranks, double beta, WorkTeam team)
        => TensorPassBuilder.CreateTucker(_dense!, CreateObserved(), _shape, ranks, beta, team);

    private ObservedEntries<T>? CreateObserved() => IsWeighted
        ? new ObservedEntries<T>(_dense!.Rows, _dense.Columns, _weights, [], T.CreateChecked(Mean)) : null;

    internal void RequireAnyPositive()
    {
        if (Sum == 0)
            throw new NmfDataException($"All observed entries are zero: {Nothing}");
    }

    /// <summary>Checks what a fit asks of the data.</summary>
    /// <exception cref="NmfDataException">A zero where the divergence is infinite.</exception>
    /// <exception cref="ArgumentException">Absent zeros under a β that needs all entries of the model.</exception>
    internal void RequireValidFor(double beta)
    {
        if (IsSparse && AbsentEntries == AbsentEntries.Zero && beta is not (1 or 2))
        {
            throw new ArgumentException(
                $"A tensor by coordinates whose absent entries are zeros is fitted with beta = 1 or beta = 2; beta = "
                + $"{beta} needs every entry of the model. Use a dense tensor, or absent entries that are missing.");
        }

        if (beta > 0)
            return;
        ForEachObserved((indices, value, _) =>
        {
            if (value == T.Zero)
            {
                throw new NmfDataException(
                    $"The entry at {Place(indices)} is 0, where the divergence with beta = {beta} is infinite. "
                    + "Add a small positive constant to the data, or choose beta > 0.", -1, -1, 0);
            }
        });
    }

    /// <summary>The tensor divided by 2^exponent; this one for 0. Weights are shared.</summary>
    internal NmfTensor<T> InUnit(int exponent, double beta)
    {
        if (exponent == 0)
            return this;
        var summary = _summary with
        {
            Sum = Math.ScaleB(_summary.Sum, -exponent),
            SumOfSquares = Math.ScaleB(_summary.SumOfSquares, -2 * exponent),
        };
        var dense = _dense?.Clone();
        for (var i = 0; i < dense?.Rows; i++)
            PowerOfTwo.Scale(dense.Row(i), -exponent);
        var result = new NmfTensor<T>(_shape, dense, _weights, _stored?.Divided(exponent), AbsentEntries, summary);
        if (beta <= 0)
            result.RequireAbove(ModelFloor.Of<T>(beta), this, beta);
        return result;
    }

    /// <summary>D(V | c) for a model that is the same everywhere.</summary>
    internal double ExplainedPart(double objective, double beta) => ConstantModel.ExplainedPart(
        objective, ObjectiveOfConstant(Mean, beta), TotalWeight * Math.Pow(Mean, beta));

    private double ObjectiveOfConstant(double constant, double beta)
    {
        double sum = 0;
        ForEachObserved((_, value, weight)
            => sum += weight * BetaDivergence.Value(double.CreateTruncating(value), constant, beta));
        return IsSparse && AbsentEntries == AbsentEntries.Zero
            ? sum + ((_summary.Weight - StoredEntries) * BetaDivergence.Value(0, constant, beta)) : sum;
    }

    /// <summary>A short mark of the values, their places and weights.</summary>
    internal string Mark()
    {
        var mark = default(CheckpointFacts.DataMark);
        for (var i = 0; i < _dense?.Rows; i++)
        {
            mark.Add<T>(_dense.Row(i), []);
            if (_weights is not null)
                mark.Add<T>(_weights.Row(i), []);
        }

        if (_stored is { } stored)
        {
            mark.Add<T>(stored.Values, []);
            mark.Add<T>(stored.Weights, []);
            mark.Add<double>(Array.ConvertAll(stored.Indices, index => (double)index), []);
        }

        return $"{Words(_shape)}, {mark}";
    }

    /// <summary>Calls an action for every stored entry that is observed, in the order of the indices, which are only
    /// lent.</summary>
    internal void ForEachObserved(Action<int[], T, double> action)
    {
        var indices = new int[Order];
        for (var e = 0; e < _stored?.Values.Length; e++)
        {
            var weight = _stored.Weights.Length == 0 ? 1 : double.CreateTruncating(_stored.Weights[e]);
            if (weight == 0)
                continue;
            _stored.Indices.AsSpan(e * Order, Order).CopyTo(indices);
            action(indices, _stored.Values[e], weight);
        }

        for (var row = 0; row < _dense?.Rows; row++)
        {
            var values = _dense.Row(row);
            for (var j = 0; j < values.Length; j++)
            {
                var weight = _weights is null ? 1 : double.CreateTruncating(_weights.Row(row)[j]);
                if (weight == 0 || T.IsNaN(values[j]))
                    continue;
                Unfold((long)row * values.Length + j, _shape, indices);
                action(indices, values[j], weight);
            }
        }
    }

    internal static string Words(IEnumerable<int> shape) => string.Join(" x ", shape);

    internal static void RequirePlace(ReadOnlySpan<int> indices, Matrix<T>[] factors)
    {
        if (indices.Length != factors.Length)
            throw new ArgumentException(
                $"The model has {factors.Length} modes, but there are {indices.Length} indices.", nameof(indices));
        for (var n = 0; n < indices.Length; n++)
        {
            if ((uint)indices[n] >= (uint)factors[n].Rows)
                throw new ArgumentOutOfRangeException(
                    nameof(indices), indices[n], $"The index of mode {n} must be from 0 to {factors[n].Rows - 1}.");
        }
    }

    private static long Size(int[] shape)
    {
        var size = 1L;
        foreach (var length in shape)
            size = checked(size * length);
        return size;
    }

    private static string Place(int[] indices) => $"({string.Join(", ", indices)})";

    private static void Unfold(long place, int[] shape, int[] indices)
    {
        for (var n = shape.Length - 1; n >= 0; n--)
        {
            (place, var index) = Math.DivRem(place, shape[n]);
            indices[n] = (int)index;
        }
    }

    private void RequireAbove(T floor, NmfTensor<T> original, double beta) => ForEachObserved((indices, value, _) =>
    {
        if (value < floor)
        {
            throw new NmfDataException(
                $"The entry at {Place(indices)} is too far below the mean {original.Mean:R} of the data for the "
                + $"divergence with beta = {beta} in {typeof(T).Name}, where it looks like 0. Add a small positive "
                + "constant to the data" + (typeof(T) == typeof(float) ? ", or use double precision." : "."));
        }
    });

    private sealed record Summary(double Sum, double SumOfSquares, double Weight, bool IsWeighted);
}
