using System.Numerics.Tensors;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;

namespace Microsoft.ML;

/// <summary>How well a model approximates single rows, in numbers that add up over rows: the divergence from the
/// model, and what is needed for that from the mean of all rows.</summary>
/// <param name="Cost">D(v | s W h), s the scale that suits best: so activations may have been normalised.</param>
/// <param name="Within">D(v | m), m the mean of the row.</param>
/// <param name="Mean">m.</param>
internal readonly record struct RowFit(double Cost, double Within, double Mean)
{
    private const double SmallestPart = 0.1;

    /// <summary>Whether all three are numbers.</summary>
    public bool IsFinite => double.IsFinite(Cost) && double.IsFinite(Within) && double.IsFinite(Mean);

    /// <summary>Compares a row with the model.</summary>
    /// <param name="model">The model; its measure of fit is a β-divergence.</param>
    /// <param name="row">v, F entries; negative ones, which a model may allow, are zeros.</param>
    /// <param name="activations">h, K entries, up to a factor.</param>
    public static RowFit Of(NmfModelParameters model, VBuffer<float> row, ReadOnlySpan<float> activations)
    {
        var beta = model.Beta;
        var approximation = new float[model.FeatureCount];
        for (var k = 0; k < activations.Length; k++)
        {
            if (activations[k] != 0)
                TensorPrimitives.MultiplyAdd(model.GetComponent(k), activations[k], approximation, approximation);
        }

        return beta == BetaDivergence.KullbackLeibler ? OfCounts(row, approximation) : Of(row, approximation, beta);
    }

    private static RowFit Of(VBuffer<float> row, ReadOnlySpan<float> approximation, double beta)
    {
        float[] values = [.. row.DenseValues().Select(value => Math.Max(0, value))];
        var mean = (double)TensorPrimitives.Sum<float>(values) / values.Length;
        var scale = BestScale(values, approximation, beta);
        double cost = 0, within = 0;
        for (var f = 0; f < values.Length; f++)
        {
            cost += BetaDivergence.Value(values[f], Math.Max(scale * approximation[f], Least(mean)), beta);
            within += mean > 0 ? BetaDivergence.Value(values[f], mean, beta) : 0;
        }

        return new RowFit(cost, within, mean);
    }

    // As above for β = 1, where entries that are zero cost what the model has there.
    private static RowFit OfCounts(VBuffer<float> row, ReadOnlySpan<float> approximation)
    {
        double sum = 0, within = 0, total = TensorPrimitives.Sum(approximation);
        foreach (var value in row.GetValues())
            sum += Math.Max(0, value);
        var mean = sum / approximation.Length;
        if (sum == 0)
            return new RowFit(0, 0, 0);
        var scale = total > 0 ? sum / total : 0;
        // Topics of short texts have few words each, and a new text has words that its topics lack: each of these costs
        // what a text that is spread evenly would, ten times as thin.
        var least = SmallestPart * mean;
        var values = row.GetValues();
        var indices = row.GetIndices();
        double cost = -sum;
        foreach (var value in approximation)
            cost += Math.Max(scale * value, least);
        for (var j = 0; j < values.Length; j++)
        {
            if (values[j] <= 0)
                continue;
            var model = Math.Max(scale * approximation[row.IsDense ? j : indices[j]], least);
            cost += values[j] * Math.Log(values[j] / model);
            within += values[j] * Math.Log(values[j] / mean);
        }

        return new RowFit(cost, within, mean);
    }

    /// <summary>1 - D(V | WH) / D(V | c) over rows of so many features, c their mean; NaN where they are
    /// constant.</summary>
    /// <remarks>For a β-divergence, as for any Bregman divergence, that of entries from c is that from their own mean
    /// and, as often as there are entries, that of their mean from c (Banerjee et al. 2005).</remarks>
    public static double ExplainedPart(ReadOnlySpan<RowFit> rows, int features, double beta)
    {
        double cost = 0, constant = 0, mean = 0;
        foreach (var row in rows)
            (cost, mean) = (cost + row.Cost, mean + (row.Mean / rows.Length));
        if (mean == 0)
            return double.NaN;
        foreach (var row in rows)
            constant += row.Within + (features * BetaDivergence.Value(row.Mean, mean, beta));
        return constant > 0 ? 1 - (cost / constant) : double.NaN;
    }

    // Zero of the derivative by s; 1 at an unpenalised optimum.
    private static double BestScale(ReadOnlySpan<float> values, ReadOnlySpan<float> model, double beta)
    {
        double above = 0, below = 0;
        for (var f = 0; f < values.Length; f++)
        {
            if (model[f] == 0)
                continue;
            var weight = beta switch { 2 => model[f], 1 => 1, _ => Math.Pow(model[f], beta - 1) };
            (above, below) = (above + (values[f] * weight), below + (model[f] * weight));
        }

        return below > 0 ? above / below : 0;
    }

    // A feature that the model has no part of costs much, not infinitely much.
    private static double Least(double mean) => mean > 0 ? mean * 1e-6 : double.Epsilon;
}
