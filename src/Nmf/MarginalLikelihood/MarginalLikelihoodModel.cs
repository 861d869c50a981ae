using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// A dictionary of maximum marginal likelihood: columns sum to one, components are sorted by their share of the data,
/// and those that the data do not need are gone. Its activations are distributions: <see cref="Infer"/> finds them for
/// any samples.
/// </summary>
/// <remarks>Immutable; may be read from several threads.</remarks>
/// <typeparam name="T">float or double.</typeparam>
public sealed class MarginalLikelihoodModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // A component with a smaller share is on its way out: of all counts, or, under exponential noise, which sees
    // ratios alone, of the feature of which its share is largest.
    private const double LeastShare = 1e-6;

    private readonly double[] _rates;

    private MarginalLikelihoodModel(
        MarginalLikelihoodOptions options, Matrix<T> dictionary, double shape, double[] rates)
    {
        (Options, Dictionary, Shape, _rates) = (options, dictionary, shape, rates);
        Posterior = CreatePosterior();
        Shares = MarginalSolver<T>.Shares(dictionary, [.. Enumerable.Repeat(shape, rates.Length)], rates);
    }

    /// <summary>The options of the fit.</summary>
    public MarginalLikelihoodOptions Options { get; }

    /// <summary>W, features x rank; columns sum to one.</summary>
    public Matrix<T> Dictionary { get; }

    /// <summary>Effective rank: the number of components that have not vanished, at least 1.</summary>
    public int Rank => _rates.Length;

    /// <summary>Shape α of the activations: that of the options, or the one that was estimated.</summary>
    public double Shape { get; }

    /// <summary>Rate β_k of the activations of each component, which are α/β_k on average; estimated.</summary>
    public IReadOnlyList<double> Rates => _rates;

    /// <summary>Share of each component in what is expected of a sample; they add up to one and decrease.</summary>
    public IReadOnlyList<double> Shares { get; }

    /// <summary>How the fit went, or null for a model that was loaded. The objective is minus the bound of log p(V |
    /// W).</summary>
    public FitReport? Report { get; private init; }

    /// <summary>The activations of the training data, or null for a model that was loaded.</summary>
    public ActivationPosterior<T>? Activations { get; private init; }

    /// <summary>Finds the distribution of the activations of one row.</summary>
    internal RowPosterior Posterior { get; }

    /// <summary>The distribution of the activations of samples for the fixed dictionary.</summary>
    /// <param name="data">samples x features, dense or sparse, of which non-zeros are visited; of missing entries
    /// nothing is expected.</param>
    /// <param name="cancellationToken">Looked at while rows are solved.</param>
    /// <exception cref="ArgumentException">The features are not those of the dictionary.</exception>
    /// <exception cref="NmfDataException">Entries are weighted; or there is a zero, or the data are sparse, under
    /// exponential noise.</exception>
    public ActivationPosterior<T> Infer(NmfData<T> data, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data.Features != Dictionary.Rows)
            throw new ArgumentException(
                $"The data have {data.Features} features, but the dictionary has {Dictionary.Rows}.", nameof(data));
        MarginalLikelihood.RequireValid(data, Options with { Method = MarginalMethod.Variational });
        using var team = new WorkTeam(Options.Threads ?? Environment.ProcessorCount);
        return Posterior.SolveAll(data, team, cancellationToken);
    }

    /// <summary>exp(-log p / number of counts): how many features are as likely as those that were counted. Lower is
    /// better; 1 is a prediction without doubt.</summary>
    /// <param name="data">Counts that the fit has not seen.</param>
    /// <param name="cancellationToken">Looked at while rows are solved.</param>
    /// <exception cref="ArgumentException">The features are not those of the dictionary, there are no counts, or the
    /// noise is not that of counts.</exception>
    public double Perplexity(NmfData<T> data, CancellationToken cancellationToken = default)
    {
        if (Options.Noise != MarginalNoise.Poisson)
            throw new ArgumentException("Perplexity is of counts: use the likelihood of Infer.", nameof(data));
        var posterior = Infer(data, cancellationToken);
        return data.Sum > 0 ? Math.Exp(-posterior.TotalLogLikelihood / data.Sum)
            : throw new ArgumentException("There are no counts to predict.", nameof(data));
    }

    /// <summary>The effective rank in the words of a <see cref="RankReport"/>.</summary>
    public RankSuggestion ToSuggestion() => new(
        "maximum marginal likelihood", "How many components have not vanished, activations integrated out?", Rank,
        $"so many of {Options.Rank} are left; "
        + (Options.Starts == 1 ? "one start" : $"the likeliest of {Options.Starts} starts")
        + (Rank == Options.Rank ? "; none vanished, so more are needed, or the noise is another one" : ""));

    /// <summary>A model of given numbers, as they were saved.</summary>
    /// <exception cref="ArgumentException">They do not fit together.</exception>
    internal static MarginalLikelihoodModel<T> FromParameters(
        MarginalLikelihoodOptions options, Matrix<T> dictionary, double shape, double[] rates)
    {
        options.Validate();
        Option.Require(
            rates.Length == dictionary.Columns && rates.Length <= options.Rank, nameof(rates),
            "The number of rates is not that of the components.");
        Option.Require(
            shape is >= GammaShape.Least and <= GammaShape.Most, nameof(shape), "The shape is out of range.");
        Option.Require(
            Array.TrueForAll(rates, rate => rate > 0 && double.IsFinite(rate)), nameof(rates),
            "A rate is not positive.");
        return new MarginalLikelihoodModel<T>(options, dictionary, shape, rates);
    }

    /// <summary>The model of a dictionary and its priors, and of the data that they were fitted to.</summary>
    /// <remarks>The dictionary is that of the data divided by 2^exponent.</remarks>
    internal static MarginalLikelihoodModel<T> Create(
        MarginalLikelihoodOptions options, NmfData<T> data, Matrix<T> dictionary, double[] shape, double[] rate,
        int exponent, FitReport report, WorkTeam team, CancellationToken cancellationToken)
    {
        var shares = MarginalSolver<T>.Shares(dictionary, shape, rate);
        var needed = options.Noise == MarginalNoise.Poisson ? shares
            : MarginalSolver<T>.LargestShares(dictionary, shape, rate);
        int[] kept = [.. Enumerable.Range(0, shares.Length).Where(k => needed[k] >= LeastShare)
            .OrderByDescending(k => shares[k])];

        // Of data that are all zero nothing is left; a model has a component.
        if (kept.Length == 0)
            kept = [0];
        var selected = Components.Select(dictionary, kept);
        var (sums, rates) = (new double[kept.Length], new double[kept.Length]);
        FactorKernels.ColumnSums(selected, sums);
        for (var k = 0; k < kept.Length; k++)
        {
            sums[k] = sums[k] > 0 ? sums[k] : 1;
            rates[k] = Math.ScaleB(rate[kept[k]] / sums[k], -exponent);
        }

        FactorKernels.ScaleColumns<T>(selected, Array.ConvertAll(sums, sum => 1 / sum));
        var model = new MarginalLikelihoodModel<T>(options, selected, shape[kept[0]], rates);
        return new MarginalLikelihoodModel<T>(options, selected, shape[kept[0]], rates)
        {
            Report = report,
            Activations = model.Posterior.SolveAll(data, team, cancellationToken),
        };
    }

    private RowPosterior CreatePosterior()
    {
        var dictionary = Array.ConvertAll(Dictionary.ToRowMajor(), double.CreateTruncating);
        double[] shape = [.. Enumerable.Repeat(Shape, Rank)];
        return Options.Noise == MarginalNoise.Poisson
            ? new PoissonPosterior(dictionary, shape, _rates, Options.Inference)
            : new ExponentialPosterior(dictionary, shape, _rates, Options.Inference);
    }
}
