using System.Numerics.Tensors;
using Nmf.Kernels;
using Nmf.Kernels.Dense;

namespace Nmf;

// The data in the unit of a fit: docs/math.md, "Units and floors".
public sealed partial class NmfData<T>
{
    private const int LargestPowerOfSums = 400;

    // In the exponent of their mean: many fits of the same data share it; it goes when they have ended.
    private readonly WeakReference<NmfData<T>?> _inUnit = new(null);

    private readonly WeakReference<ShadedScene<T>?> _shaded = new(null);

    private NmfData(NmfData<T> source, FitUnit unit)
    {
        (_missing, AbsentEntries, _sampleWeights) = (source._missing, source.AbsentEntries, source._sampleWeights);
        (_elementWeights, _storedWeights, _combinedWeights) = (source._elementWeights, source._storedWeights,
            source._combinedWeights);
        if (source.Dense is { } dense)
        {
            var divided = dense.Clone();
            _memory = new Memory { Dense = divided };
            for (var n = 0; n < divided.Rows; n++)
                unit.Divide(divided.Row(n), n);
            _summary = SummaryOf(source, unit);
            return;
        }

        var sparse = source.Sparse!.CloneValues();
        for (var n = 0; n < sparse.Rows; n++)
            unit.Divide(sparse.RowMemory(n), n, sparse.RowIndices(n));
        _memory = new Memory { Sparse = new TransposableMatrix<T>(sparse) };
        _summary = SummaryOf(source, unit);
    }

    // The same memory, whose values have been divided in it.
    private NmfData(FitUnit unit, NmfData<T> source)
    {
        (_missing, AbsentEntries, _sampleWeights) = (source._missing, source.AbsentEntries, source._sampleWeights);
        (_elementWeights, _storedWeights, _combinedWeights) = (source._elementWeights, source._storedWeights,
            source._combinedWeights);
        _memory = source._memory;
        _summary = SummaryOf(source, unit);
    }

    /// <summary>The data divided by powers of two; these where they are in the unit already. Weights are shared.
    /// </summary>
    /// <exception cref="NmfDataException">The measure of fit is infinite at zero, and a value is so much smaller than
    /// the mean that it cannot be told from zero.</exception>
    internal NmfData<T> InUnit(FitUnit unit, MeasureOfFit? measure)
    {
        var result = this;
        if (!unit.IsUniform)
            result = new NmfData<T>(this, unit);
        else if (unit.Data != 0)
            result = InUnitOfMean(unit);
        if (measure is { AllowsZeros: false })
            result.RequireAbove(ModelFloor.Of<T>(measure.BetaOrNull ?? 1), this, measure);
        return result;
    }

    /// <summary>The data in a unit of all, in their own memory: these mean something else until
    /// <see cref="Multiply"/> brings them back. For who has them alone.</summary>
    internal NmfData<T> IntoUnit(FitUnit unit, MeasureOfFit? measure)
    {
        if (!unit.IsUniform || unit.Data == 0 || IsRecycled)
            return InUnit(unit, measure);
        if (measure is { AllowsZeros: false })
            RequireAbove(T.ScaleB(ModelFloor.Of<T>(measure.BetaOrNull ?? 1), unit.Data), this, measure);
        Multiply(-unit.Data);
        return new NmfData<T>(unit, this);
    }

    /// <summary>A copy with every feature multiplied by a number.</summary>
    internal NmfData<T> TimesFeatures(T[] factors)
    {
        if (Dense is { } dense)
        {
            dense = dense.Clone();
            for (var n = 0; n < dense.Rows; n++)
                TensorPrimitives.Multiply(dense.Row(n), factors, dense.Row(n));
            return FromMatrix(dense, _missing);
        }

        var sparse = Sparse!.CloneValues();
        for (var n = 0; n < sparse.Rows; n++)
        {
            var values = sparse.RowMemory(n);
            for (var j = 0; j < values.Length; j++)
                values[j] *= factors[sparse.RowIndices(n)[j]];
        }

        return FromMatrix(sparse, AbsentEntries);
    }

    /// <summary>Whether other data have the same memory.</summary>
    internal bool SharesMemory(NmfData<T> other) => ReferenceEquals(_memory, other._memory);

    /// <summary>Multiplies all values by 2^exponent, in place.</summary>
    internal void Multiply(int exponent)
    {
        if (Dense is { } dense)
        {
            for (var n = 0; n < dense.Rows; n++)
                PowerOfTwo.Scale(dense.Row(n), exponent);
            return;
        }

        _memory.Sparse!.Multiply(exponent);
    }

    // Of this data, which are others in a unit. A power of two changes no digit of a sum, unless the squares leave the
    // range of double.
    private DataSummary SummaryOf(NmfData<T> source, FitUnit unit)
        => unit.IsUniform && Math.Abs(unit.Data) <= LargestPowerOfSums
            ? source._summary.Multiplied(-unit.Data)
            : Walk(source.Sum == 0);

    private NmfData<T> InUnitOfMean(FitUnit unit)
    {
        lock (_inUnit)
        {
            if (!_inUnit.TryGetTarget(out var result))
                _inUnit.SetTarget(result = new NmfData<T>(this, unit));
            return result;
        }
    }

    /// <summary>The data divided by the brightness of every sample; the starts of a fit share them.</summary>
    internal ShadedScene<T> Shaded()
    {
        lock (_shaded)
        {
            if (!_shaded.TryGetTarget(out var result))
                _shaded.SetTarget(result = new ShadedScene<T>(this));
            return result;
        }
    }

    /// <summary>Checks that no value looks like zero to a measure of fit that is infinite there.</summary>
    /// <param name="floor">The smallest value of a model.</param>
    /// <param name="original">The data in their own unit, for the message.</param>
    /// <param name="measure">The measure.</param>
    /// <param name="mean">The mean with which values are compared, where it is not that of these data.</param>
    internal void RequireAbove(T floor, NmfData<T> original, MeasureOfFit measure, double? mean = null)
    {
        for (var n = 0; n < Samples; n++)
        {
            ReadOnlySpan<T> values = Dense is { } dense ? dense.Row(n) : Sparse!.RowValues(n);
            var weights = EntryWeights(n);
            for (var j = 0; SampleWeight(n) > 0 && j < values.Length; j++)
            {
                if (!(values[j] < floor) || (!weights.IsEmpty && weights[j] == T.Zero))
                    continue;
                var feature = Dense is not null ? j : Sparse!.RowIndices(n)[j];
                var value = double.CreateTruncating(
                    original.Dense is { } all ? all.Row(n)[j] : original.Sparse!.RowValues(n)[j]);
                throw new NmfDataException(
                    $"The entry at sample {n}, feature {feature} is {value:R}, too far "
                    + $"below the mean {mean ?? original.Mean:R} of the "
                    + $"{(mean is null ? "data" : "first batch")} for {measure} in "
                    + $"{typeof(T).Name}, where it looks like 0. Add a small positive constant to the data"
                    + (typeof(T) == typeof(float) ? ", or use double precision." : "."), n, feature, value);
            }
        }
    }
}
