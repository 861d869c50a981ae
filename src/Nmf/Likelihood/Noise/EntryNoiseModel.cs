namespace Nmf;

/// <summary>A distribution of every entry by itself, given its mean: all but <see cref="MultinomialNoise"/>.</summary>
public abstract record EntryNoiseModel : NoiseModel
{
    private protected EntryNoiseModel(double? dispersion)
        : base(dispersion)
    {
    }

    /// <summary>β of the divergence that is the negative logarithm of the density, times φ and up to a constant;
    /// null where it is none.</summary>
    public abstract double? Beta { get; }

    /// <inheritdoc/>
    public override NmfProblem Problem => Beta!.Value;

    /// <summary>The logarithm of the density of an entry, or of its probability where data are counts.</summary>
    /// <param name="datum">v.</param>
    /// <param name="mean">y, at least 0.</param>
    /// <returns>-∞ for what the distribution rules out.</returns>
    /// <exception cref="InvalidOperationException">The dispersion is not known.</exception>
    public abstract double LogDensity(double datum, double mean);

    /// <summary>The probability of at most a value.</summary>
    /// <param name="datum">v.</param>
    /// <param name="mean">y, greater than 0.</param>
    /// <exception cref="InvalidOperationException">The dispersion is not known.</exception>
    public abstract double Cumulative(double datum, double mean);

    /// <summary>The variance of an entry, as a function of its mean.</summary>
    /// <param name="mean">y, at least 0.</param>
    /// <exception cref="InvalidOperationException">The dispersion is not known.</exception>
    public abstract double Variance(double mean);

    /// <inheritdoc/>
    public sealed override double LogDensity(ReadOnlySpan<double> sample, ReadOnlySpan<double> means)
    {
        RequireSameLength(sample, means);
        double sum = 0;
        for (var f = 0; f < sample.Length; f++)
        {
            if (!double.IsNaN(sample[f]))
                sum += LogDensity(sample[f], means[f]);
        }

        return sum;
    }

    /// <summary>Draws one entry.</summary>
    /// <param name="mean">y, greater than 0.</param>
    /// <param name="random">Random numbers of this entry.</param>
    private protected abstract double Draw(double mean, ref EntryRandom random);

    /// <inheritdoc/>
    internal sealed override void Draw(
        ReadOnlySpan<double> means, Span<double> sample, int seed, int stream, int number)
    {
        for (var f = 0; f < sample.Length; f++)
        {
            if (double.IsNaN(sample[f]))
                continue;
            var random = new EntryRandom(seed, stream, ((long)number * means.Length) + f);
            sample[f] = means[f] > 0 ? Draw(means[f], ref random) : 0;
        }
    }

    // Squared, of the means.
    private const double LeastVariation = 1e-12;

    /// <summary>Number of parameters beside the means, of the family that it belongs to.</summary>
    internal virtual int Parameters => HasFreeDispersion ? 1 : 0;

    /// <summary>Whether a mean of zero is as possible as any.</summary>
    internal virtual bool AllowsAnyMean => false;

    /// <summary>The mean next to a prediction that the noise can have.</summary>
    internal virtual double Possible(double mean) => mean;

    /// <summary>The distribution of an entry whose mean is a prediction: what has a dispersion for all of its variance
    /// finds the errors in it, other noise adds them.</summary>
    /// <param name="mean">The prediction.</param>
    /// <param name="error">Its variance over its square.</param>
    internal virtual (EntryNoiseModel Noise, double Mean) Predicted(double mean, double error) => (this, mean);

    /// <summary>
    /// The dispersion with the largest likelihood of some entries: a search for the maximum over its logarithm, which
    /// is sharp to a millionth. Distributions that know better say so.
    /// </summary>
    internal virtual EntryNoiseModel Estimate(ReadOnlySpan<double> data, ReadOnlySpan<double> means)
    {
        if (!HasFreeDispersion)
            return this;
        var start = Math.Log(MomentDispersion(data, means));
        var (v, y) = (data.ToArray(), means.ToArray());
        return (EntryNoiseModel)With(Math.Exp(LineSearch.Maximum(
            x => With(Math.Exp(x)).LogDensity(v, y), start - 1, start + 1)));
    }

    /// <summary>A dispersion of residuals, which a fit has made smaller than the noise, corrected.</summary>
    /// <param name="largest">The one of the largest likelihood.</param>
    /// <param name="data">Entries.</param>
    /// <param name="means">What was fitted to them.</param>
    /// <param name="factor">n / (n - P), by how much squared residuals are too small.</param>
    internal virtual double Corrected(double largest, double[] data, double[] means, double factor) => largest * factor;

    /// <summary>The mean of (v - y)² / V(y), which Pearson's χ² is n times.</summary>
    internal virtual double MomentDispersion(ReadOnlySpan<double> data, ReadOnlySpan<double> means)
    {
        var unit = (EntryNoiseModel)With(1);
        var (sum, scale, count) = (0.0, 0.0, 0);
        for (var i = 0; i < data.Length; i++)
        {
            if (!(means[i] > 0) || double.IsNaN(data[i]))
                continue;
            var difference = data[i] - means[i];
            var variance = unit.Variance(means[i]);
            sum += difference * difference / variance;
            scale += means[i] * means[i] / variance;
            count++;
        }

        // Data that are their own means vary little, but a density needs something: a millionth of the means.
        return count == 0 ? LeastVariation : Math.Max(sum, LeastVariation * scale) / count;
    }
}
