using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf;

/// <summary>One view of one sample: what was observed, and the gradient of its divergence.</summary>
internal sealed class CoRowView<T>(CoRowProblem<T>.View view)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Its square has an inverse.
    private const double ModelFloor = 1e-100;

    private readonly int[] _features = new int[view.Dictionary.Length];
    private readonly double[] _values = new double[view.Dictionary.Length];
    private readonly T[] _row = new T[view.Dictionary.Length];
    private readonly RowSolver<T>.Scratch _scratch = view.Alone.CreateScratch();
    private int _count;
    private bool _onlyNonZeros;

    /// <summary>Whether an entry was observed.</summary>
    public bool IsThere => _count > 0 || _onlyNonZeros;

    /// <summary>Whether an entry is above zero.</summary>
    public bool HasValues { get; private set; }

    public Matrix<double> Activations { get; } = new(1, view.ColumnSums.Length);

    public GradientParts<double> Gradient { get; } = new(new Matrix<double>(1, view.ColumnSums.Length));

    public CoupledView<double> Coupled => new(
        view.Beta, view.Weight, Activations, Gradient.Negative, Gradient.Positive);

    public double Weight => view.Weight;

    /// <summary>The sample has not been seen.</summary>
    public void SetMissing() => (_count, _onlyNonZeros, HasValues) = (0, false, false);

    /// <summary>Takes a row; NaN is missing.</summary>
    /// <exception cref="ArgumentException">The length does not fit.</exception>
    public void Set(ReadOnlySpan<T> values)
    {
        if (values.Length != _row.Length)
            throw new ArgumentException(
                $"The row has {values.Length} values, but the dictionary has {_row.Length} features.", nameof(values));
        SetMissing();
        values.CopyTo(_row);
        var zeros = 0;
        foreach (var value in values)
            zeros += value == T.Zero ? 1 : 0;
        var missing = 0;
        for (var f = 0; f < values.Length; f++)
        {
            var isMissing = T.IsNaN(values[f]);
            missing += isMissing ? 1 : 0;
            HasValues |= values[f] > T.Zero;
            if (!isMissing)
                Add(f, values[f]);
        }

        // The divergence of zeros is linear in the model: their sum is known without them.
        if (view.Beta != BetaDivergence.KullbackLeibler || missing > 0 || zeros == 0)
            return;
        _onlyNonZeros = true;
        var count = 0;
        for (var i = 0; i < _count; i++)
        {
            if (_values[i] != 0)
                (_features[count], _values[count++]) = (_features[i], _values[i]);
        }

        _count = count;
    }

    /// <summary>Activations of this view alone.</summary>
    /// <returns>Whether the tolerance was reached.</returns>
    public bool SolveAlone(Span<T> activations)
    {
        view.Alone.Solve(_row, activations, _scratch);
        return _scratch.Converged;
    }

    /// <summary>Activations that are all the same and give the model the mean of the row.</summary>
    public double FlatActivation()
    {
        double sum = 0, model = 0;
        for (var i = 0; i < _count; i++)
        {
            sum += _values[i];
            model += _onlyNonZeros ? 0 : TensorPrimitives.Sum<double>(view.Dictionary[_features[i]]);
        }

        return sum / Math.Max(_onlyNonZeros ? TensorPrimitives.Sum<double>(view.ColumnSums) : model, ModelFloor);
    }

    /// <summary>The gradient at some activations, and the divergence times its weight.</summary>
    public double Evaluate(ReadOnlySpan<double> activations)
    {
        Span<double> negative = Gradient.Negative.Row(0), positive = Gradient.Positive.Row(0);
        negative.Clear();
        positive.Clear();
        if (!IsThere)
            return 0;
        var (beta, value) = (view.Beta, 0.0);
        for (var i = 0; i < _count; i++)
        {
            ReadOnlySpan<double> w = view.Dictionary[_features[i]];
            var (x, y) = (_values[i], Math.Max(TensorPrimitives.Dot(w, activations), ModelFloor));
            var power = beta == 1 ? 1 : beta == 2 ? y : beta == 0 ? 1 / y : Math.Pow(y, beta - 1);
            if (x > 0)
                TensorPrimitives.MultiplyAdd(w, x * power / y, negative, negative);
            if (!_onlyNonZeros)
                TensorPrimitives.MultiplyAdd(w, power, positive, positive);
            value += _onlyNonZeros ? (x * Math.Log(x / y)) - x : BetaDivergence.Value(x, y, beta);
        }

        if (_onlyNonZeros)
        {
            view.ColumnSums.CopyTo(positive);
            value += TensorPrimitives.Dot<double>(view.ColumnSums, activations);
        }

        return view.Weight * value;
    }

    private void Add(int feature, T value)
    {
        _features[_count] = feature;
        _values[_count++] = Math.ScaleB(double.CreateTruncating(value), -view.Exponent);
    }
}
