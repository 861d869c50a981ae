using MathNet.Numerics;

namespace Nmf;

/// <summary>
/// Counts of which the total of every sample is given, <c>v ~ Multinomial(Σ v, y / Σ y)</c>: topics, and any counts
/// whose totals say nothing. It is Poisson noise less the probability of the totals; the fit is that of β = 1, which
/// keeps the totals of samples. <c>-log p = Σ d_1(v| y Σv/Σy) + c(v)</c>.
/// </summary>
public sealed record MultinomialNoise() : NoiseModel(1)
{
    /// <inheritdoc/>
    public override NmfProblem Problem => BetaDivergence.KullbackLeibler;

    internal override string InWords => "multinomial noise";

    internal override bool HasFreeDispersion => false;

    internal override bool IsDiscrete => true;

    /// <inheritdoc/>
    public override double LogDensity(ReadOnlySpan<double> sample, ReadOnlySpan<double> means)
    {
        RequireSameLength(sample, means);
        double ofMeans = 0;
        for (var f = 0; f < sample.Length; f++)
            ofMeans += double.IsNaN(sample[f]) ? 0 : means[f];
        return LogDensityOfStored(sample, means, ofMeans);
    }

    internal override bool SumsZeros => true;

    internal override double LogDensityOfStored(
        ReadOnlySpan<double> sample, ReadOnlySpan<double> means, double total)
    {
        double count = 0, sum = 0;
        for (var f = 0; f < sample.Length; f++)
        {
            if (double.IsNaN(sample[f]) || sample[f] == 0)
                continue;
            if (Objection(sample[f]) is not null || !(means[f] > 0))
                return double.NegativeInfinity;
            count += sample[f];
            sum += (sample[f] * Math.Log(means[f])) - SpecialFunctions.GammaLn(sample[f] + 1);
        }

        return count == 0 ? 0 : sum - (count * Math.Log(total)) + SpecialFunctions.GammaLn(count + 1);
    }

    internal override string? Objection(double datum) => Counts.Objection(datum);

    // The units are the counted things, words for instance, and their order is nothing to predict.
    internal override (double LogProbability, double Units) OfUnits(
        ReadOnlySpan<double> sample, ReadOnlySpan<double> means, double logDensity, int zeros = 0)
    {
        double total = 0, orders = 0;
        foreach (var value in sample)
        {
            if (!(value > 0))
                continue;
            total += value;
            orders -= SpecialFunctions.GammaLn(value + 1);
        }

        return (total == 0 ? 0 : logDensity - orders - SpecialFunctions.GammaLn(total + 1), total);
    }

    internal override NoiseModel With(double dispersion) => this;

    // As many as the means say, to the nearest whole number: the total is no part of the noise.
    internal override void Draw(ReadOnlySpan<double> means, Span<double> sample, int seed, int stream, int number)
    {
        var cumulative = new double[means.Length];
        double sum = 0;
        for (var f = 0; f < means.Length; f++)
        {
            sum += double.IsNaN(sample[f]) ? 0 : means[f];
            cumulative[f] = sum;
            sample[f] = double.IsNaN(sample[f]) ? double.NaN : 0;
        }

        var random = new CounterRandom(seed, stream);
        var total = (long)Math.Round(sum);
        for (long i = 0; i < total; i++)
        {
            var place = Array.BinarySearch(cumulative, random.Uniform(((long)number << 36) + i) * sum);
            place = Math.Min(place < 0 ? ~place : place + 1, cumulative.Length - 1);

            // Where rounding ends on an entry without a mean, the one before it.
            while (place > 0 && !(means[place] > 0 && !double.IsNaN(sample[place])))
                place--;
            sample[place]++;
        }
    }
}
