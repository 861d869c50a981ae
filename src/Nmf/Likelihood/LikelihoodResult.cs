namespace Nmf;

/// <summary>How likely data are under a model and its noise.</summary>
public sealed record LikelihoodResult
{
    private readonly double _logOfUnits;
    private readonly double _units;

    internal LikelihoodResult(
        NoiseModel noise, double[] samples, long entries, double logOfUnits, double units, long? parameters)
    {
        (Noise, SampleLogLikelihoods, Entries, Parameters) = (noise, samples, entries, parameters);
        (_logOfUnits, _units) = (logOfUnits, units);
        LogLikelihood = samples.Sum();
    }

    /// <summary>The noise, with the dispersion that was used.</summary>
    public NoiseModel Noise { get; }

    /// <summary>log p(V | WH) of all observed entries, in nats; normalised, so that models of the same data can be
    /// compared: densities in the unit of the data, or probabilities where the noise is of counts.</summary>
    public double LogLikelihood { get; }

    /// <summary>The same of every sample.</summary>
    public IReadOnlyList<double> SampleLogLikelihoods { get; }

    /// <summary>Number of observed entries that were judged.</summary>
    public long Entries { get; }

    /// <summary>Log-likelihood per observed entry.</summary>
    public double PerEntry => LogLikelihood / Entries;

    /// <summary>
    /// The exponential of what one entry costs, <c>exp(-log p / entries)</c>; under multinomial noise of what one
    /// counted thing costs, <c>exp(-Σ v log(y/Σy) / Σ v)</c>, the perplexity of topic models: among how many equally
    /// likely words the model hesitates. Of densities it has the unit of the data.
    /// </summary>
    public double Perplexity => Math.Exp(-_logOfUnits / _units);

    /// <summary>
    /// Number of free parameters of a fit to these data: K (F + N - 1), the entries of both factors less one scale for
    /// each component, and one for an estimated dispersion; under multinomial noise K (F - 1) + N (K - 1). Entries that
    /// ended at zero count, so it is an upper bound. Null where the data were held out.
    /// </summary>
    public long? Parameters { get; }

    /// <summary>Akaike's information criterion, 2 P - 2 log p; least is best. Null where the data were held
    /// out.</summary>
    public double? AkaikeCriterion => (2 * Parameters) - (2 * LogLikelihood);

    /// <summary>The Bayesian information criterion, P log n - 2 log p with n the number of observed entries; least is
    /// best. Null where the data were held out. The activations grow with the samples, for which neither criterion was
    /// derived: where it matters, hold data out.</summary>
    public double? BayesianCriterion => (Parameters * Math.Log(Entries)) - (2 * LogLikelihood);
}
