using System.Numerics.Tensors;
using MathNet.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// The distribution of the activations of one sample for a dictionary that is known, in double: <c>a = α + G ∘ Wᵀ(v /
/// WG)</c>, <c>G = exp ψ(a) / b</c>, <c>b = β + Σ_f w_f</c>, from the prior shares of the counts until a stays. Visits
/// non-zero counts only.
/// </summary>
/// <remarks>Immutable; scratch is the caller's. An iteration costs 4 K operations per non-zero count and K values of
/// ψ. Of missing entries w is no part of b.</remarks>
internal sealed unsafe class PoissonPosterior : RowPosterior
{
    // A model value below this is as good as none; a count of a feature that no component has costs the logarithm.
    private const double Floor = 1e-280;

    // A step this much smaller than the tolerance tells that what is left is, too: convergence is linear.
    private const double StepOfTolerance = 0.1;

    private readonly double[] _dictionary;
    private readonly double[] _shape;
    private readonly double[] _rate;
    private readonly double[] _ofAll;
    private readonly double[] _start;
    private readonly InferenceOptions _options;

    /// <param name="dictionary">W, features x rank, row-major; kept.</param>
    /// <param name="shape">α_k; kept.</param>
    /// <param name="rate">β_k; kept.</param>
    /// <param name="options">When a row is solved.</param>
    public PoissonPosterior(double[] dictionary, double[] shape, double[] rate, InferenceOptions options)
        : base(shape.Length)
    {
        (_dictionary, _shape, _rate, _options) = (dictionary, shape, rate, options);
        _ofAll = [.. rate];
        for (var f = 0; f < dictionary.Length; f += Rank)
            TensorPrimitives.Add(_ofAll, dictionary.AsSpan(f, Rank), _ofAll);
        _start = new double[Rank];
        for (var k = 0; k < Rank; k++)
            _start[k] = (_ofAll[k] - rate[k]) * shape[k] / rate[k];

        var total = _start.Sum();
        for (var k = 0; k < Rank; k++)
            _start[k] = total > 0 ? _start[k] / total : 0;
    }

    public override int ScratchLength => 4 * Rank;

    public override double Solve(
        ReadOnlySpan<int> features, ReadOnlySpan<double> values, Span<double> mean, Span<double> deviation,
        Span<double> scratch)
    {
        var a = scratch[..Rank];
        var g = scratch.Slice(Rank, Rank);
        var next = scratch.Slice(2 * Rank, Rank);
        var b = scratch.Slice(3 * Rank, Rank);
        _ofAll.CopyTo(b);
        double count = 0;
        for (var j = 0; j < values.Length; j++)
        {
            if (double.IsNaN(values[j]))
                TensorPrimitives.Subtract(b, Row(features, j), b);
            else
                count += values[j];
        }

        // Rounding, where nearly all is missing.
        TensorPrimitives.Max(b, _rate, b);
        TensorPrimitives.MultiplyAdd(_start, count, _shape, a);
        for (var iteration = 0; iteration < _options.MaximumIterations; iteration++)
        {
            Geometric(a, b, g);
            next.Clear();
            for (var j = 0; j < values.Length; j++)
            {
                if (!(values[j] > 0))
                    continue;
                var w = Row(features, j);
                var y = Math.Max(Dot(w, g), Floor);
                TensorPrimitives.MultiplyAdd(w, values[j] / y, next, next);
            }

            TensorPrimitives.MultiplyAdd(next, g, _shape, next);
            double step = 0, largest = 0;
            for (var k = 0; k < Rank; k++)
            {
                step = Math.Max(step, Math.Abs(next[k] - a[k]));
                largest = Math.Max(largest, next[k]);
                a[k] = next[k];
            }

            if (step <= StepOfTolerance * _options.Tolerance * largest)
                break;
        }

        for (var k = 0; k < Rank; k++)
            (mean[k], deviation[k]) = (a[k] / b[k], Math.Sqrt(a[k]) / b[k]);
        return LogLikelihood(features, values, a, b, g);
    }

    private double LogLikelihood(
        ReadOnlySpan<int> features, ReadOnlySpan<double> values, ReadOnlySpan<double> a, ReadOnlySpan<double> b,
        Span<double> g)
    {
        Geometric(a, b, g);
        double sum = 0;
        for (var j = 0; j < values.Length; j++)
        {
            var v = values[j];
            if (v > 0)
                sum += (v * (Math.Log(Math.Max(Dot(Row(features, j), g), Floor) / v) + 1))
                    + PoissonConstant.Of(v);
        }

        for (var k = 0; k < Rank; k++)
        {
            sum += (_shape[k] * Math.Log(_rate[k] / b[k])) - SpecialFunctions.GammaLn(_shape[k])
                + SpecialFunctions.GammaLn(a[k]) + ((_shape[k] - a[k]) * SpecialFunctions.DiGamma(a[k]));
        }

        return sum;
    }

    private ReadOnlySpan<double> Row(ReadOnlySpan<int> features, int j)
        => _dictionary.AsSpan((features.IsEmpty ? j : features[j]) * Rank, Rank);

    private void Geometric(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> g)
    {
        fixed (double* from = a, to = g)
        {
            for (var k = 0; k < Rank; k += GammaMath<double>.Chunk)
                GammaMath<double>.ExpDigamma(from + k, to + k, int.Min(GammaMath<double>.Chunk, Rank - k));
        }

        TensorPrimitives.Divide(g, b, g);
    }
}
