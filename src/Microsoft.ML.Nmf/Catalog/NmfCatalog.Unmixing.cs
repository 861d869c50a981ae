using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;
using Nmf;

namespace Microsoft.ML;

public static partial class NmfCatalog
{
    /// <summary>
    /// Creates an <see cref="NmfEstimator"/> for hyperspectral unmixing: it finds the spectra of the materials of a
    /// scene, the endmembers, and puts their abundances in each pixel into a new column: v ≈ W h with h ≥ 0 that sums
    /// to one, fully constrained least squares (Heinz and Chang 2001), where light changes over the scene after each
    /// pixel was divided by its brightness. Several searches for the purest pixels compete for the start.
    /// </summary>
    /// <param name="catalog">The catalog of transforms.</param>
    /// <param name="outputColumnName">Name of the column of abundances, a vector of
    /// <paramref name="rank"/> Singles.</param>
    /// <param name="inputColumnName">Name of the column of spectra, a vector of numbers of known size, one row for each
    /// pixel; null for <paramref name="outputColumnName"/>.</param>
    /// <param name="rank">Number of endmembers K.</param>
    /// <param name="beta">Divergence parameter β: 2, or another for instance for photon counts.</param>
    /// <param name="sum">Whether abundances sum to one, or to at most one, where the rest is shade, and whether pixels
    /// have a brightness of their own; chosen from the data unless told.</param>
    /// <param name="minimumVolume">
    /// Weight of the penalty on the volume of the endmembers (<see cref="VolumePenalty.Weight"/>), for scenes without
    /// pure pixels; 0 for none, null for that which the noise of the data asks for.
    /// </param>
    /// <param name="maximumIterations">Most iterations of the fit.</param>
    /// <param name="seed">Seed of what is random, or null for one drawn from the seed of the
    /// <see cref="MLContext"/>.</param>
    /// <exception cref="ArgumentException">An argument is out of range; the message names it.</exception>
    /// <example>
    /// <code>
    /// var pipeline = mlContext.Transforms.UnmixingNmf("Abundances", "Spectrum", rank: 4)
    ///     .Append(mlContext.MulticlassClassification.Trainers.SdcaMaximumEntropy("Land", "Abundances"));
    /// </code>
    /// </example>
    public static NmfEstimator UnmixingNmf(
        this TransformsCatalog catalog,
        string outputColumnName,
        string? inputColumnName = null,
        int rank = 4,
        double beta = BetaDivergence.Euclidean,
        AbundanceConstraint sum = AbundanceConstraint.Auto,
        double? minimumVolume = null,
        int maximumIterations = 200,
        int? seed = null)
    {
        Contracts.CheckUserArg(
            minimumVolume is null or (>= 0 and < double.PositiveInfinity), nameof(minimumVolume),
            "The weight of the volume penalty must be finite and at least 0.");
        return NonnegativeMatrixFactorization(catalog, new()
        {
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            Rank = rank,
            Problem = new AbundanceNmf(beta) { Sum = sum, Volume = minimumVolume is { } weight
                ? new() { Weight = weight }
                : null },
            Iterations = new() { MaximumIterations = maximumIterations },
            Seed = seed,
        });
    }

    /// <summary>
    /// Creates an <see cref="NmfEstimator"/> for endmembers that are known, such as spectra of a library: nothing is
    /// learnt, Fit only looks at the data, and Transform gives the abundances in the order of the spectra.
    /// </summary>
    /// <param name="catalog">The catalog of transforms.</param>
    /// <param name="outputColumnName">Name of the column of abundances, a vector with one Single
    /// for each endmember.</param>
    /// <param name="inputColumnName">Name of the column of spectra, a vector of numbers of known size; null for
    /// <paramref name="outputColumnName"/>.</param>
    /// <param name="endmembers">Spectra, each with as many values as the input column has slots.</param>
    /// <param name="sum">Whether abundances sum to one, to at most one, where the rest is shade, or to anything
    /// (<see cref="AbundanceConstraint.Nonnegative"/>). One, because with
    /// nothing learnt nothing is chosen from the data.</param>
    /// <exception cref="ArgumentException">An argument is out of range; the message names it.</exception>
    public static NmfEstimator UnmixingNmf(
        this TransformsCatalog catalog,
        string outputColumnName,
        string? inputColumnName,
        KnownComponents endmembers,
        AbundanceConstraint sum = AbundanceConstraint.SumToOne)
    {
        Contracts.CheckValue(endmembers, nameof(endmembers));
        return NonnegativeMatrixFactorization(catalog, new()
        {
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            Rank = endmembers.Count,
            InitialComponents = endmembers,
            Problem = new AbundanceNmf { Sum = sum },
            Iterations = new() { MaximumIterations = 0 },
            Seed = 0,
        });
    }

    /// <summary>
    /// Creates an <see cref="NmfEstimator"/> for a library of spectra of which few are in a picture: Fit selects those
    /// that are, all pixels together (or prepares ℓ1 in every pixel), and Transform gives their abundances, in slots
    /// with their names. <see cref="NmfModelParameters.LibrarySpectra"/> says which they are, and where. Sources:
    /// <see cref="LibrarySparsity"/>.
    /// </summary>
    /// <param name="catalog">The catalog of transforms.</param>
    /// <param name="outputColumnName">Name of the column of abundances, a vector with one Single for each spectrum that
    /// was selected, or with ℓ1 for each of the library.</param>
    /// <param name="inputColumnName">Name of the column of spectra, a vector of numbers of known size, one row for each
    /// pixel; null for <paramref name="outputColumnName"/>.</param>
    /// <param name="library">Spectra, each with as many values as the input column has slots, in the unit of the
    /// pixels; with names (<see cref="KnownComponents.Named"/>) for the output.</param>
    /// <param name="options">How to choose; null for the default.</param>
    /// <exception cref="ArgumentException">An argument is out of range; the message names it.</exception>
    /// <example>
    /// <code>
    /// var minerals = SpectralLibrary.Read("minerals.hdr");
    /// var library = KnownComponents.FromColumns(minerals.Spectra).Named(minerals.Names);
    /// var pipeline = mlContext.Transforms.SparseUnmixing("Abundances", "Spectrum", library);
    /// </code>
    /// </example>
    public static NmfEstimator SparseUnmixing(
        this TransformsCatalog catalog, string outputColumnName, string? inputColumnName, KnownComponents library,
        SparseUnmixingOptions? options = null)
    {
        Contracts.CheckValue(library, nameof(library));
        return NonnegativeMatrixFactorization(catalog, new()
        {
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            Rank = library.Count,
            InitialComponents = library,
            LibrarySelection = options ?? new(),
            Problem = new AbundanceNmf { Sum = (options ?? new()).Sum },
            Scale = ComponentScale.None,
            Iterations = new() { MaximumIterations = 0 },
            Seed = 0,
        });
    }

    /// <summary>Creates an <see cref="NmfEstimator"/> of abundances with every option.</summary>
    /// <param name="catalog">The catalog of transforms.</param>
    /// <param name="options">What to fit and how; copied. The problem must be an <see cref="AbundanceNmf"/>.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public static NmfEstimator UnmixingNmf(this TransformsCatalog catalog, NmfEstimator.Options options)
        => Create<AbundanceNmf>(catalog, options);

    /// <summary>
    /// Creates an <see cref="NmfEstimator"/> of a separable factorisation: the components are rows of the input, those
    /// that span the others, and <see cref="NmfModelParameters.SelectedRows"/> says which (Gillis and Vavasis 2014;
    /// Nascimento and Bioucas-Dias 2005).
    /// </summary>
    /// <param name="catalog">The catalog of transforms.</param>
    /// <param name="outputColumnName">Name of the column of activations, a vector of
    /// <paramref name="rank"/> Singles.</param>
    /// <param name="inputColumnName">Name of the column to factorise, a vector of numbers of known size; null for
    /// <paramref name="outputColumnName"/>.</param>
    /// <param name="rank">Number of components K. Fit throws where the rows have fewer.</param>
    /// <param name="search">How rows are looked for. Without abundances rows are compared by their shares, so that
    /// bright ones have no advantage.</param>
    /// <param name="sum">Whether activations are abundances that sum to one, or to at most one;
    /// null for neither.</param>
    /// <param name="seed">Seed of <see cref="EndmemberSearch.VertexComponentAnalysis"/>, or null for one drawn from the
    /// seed of the <see cref="MLContext"/>.</param>
    /// <exception cref="ArgumentException">An argument is out of range; the message names it.</exception>
    public static NmfEstimator SeparableNmf(
        this TransformsCatalog catalog,
        string outputColumnName,
        string? inputColumnName = null,
        int rank = 10,
        EndmemberSearch search = EndmemberSearch.SuccessiveProjection,
        AbundanceConstraint? sum = null,
        int? seed = null)
        => NonnegativeMatrixFactorization(catalog, new()
        {
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            Rank = rank,
            SeparableSearch = search,
            Problem = sum is { } constraint ? new AbundanceNmf { Sum = constraint } : new BetaNmf(),
            Iterations = new() { MaximumIterations = 0 },
            Scale = ComponentScale.None,
            Seed = seed,
        });

    /// <summary>Creates an <see cref="NmfEstimator"/> of a separable factorisation with every option.</summary>
    /// <param name="catalog">The catalog of transforms.</param>
    /// <param name="options">What to fit and how; copied.
    /// <see cref="NmfEstimator.Options.SeparableSearch"/> must be set.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public static NmfEstimator SeparableNmf(this TransformsCatalog catalog, NmfEstimator.Options options)
    {
        var environment = CatalogUtils.GetEnvironment(catalog);
        Contracts.CheckValue(options, nameof(options));
        Contracts.CheckUserArg(
            options.SeparableSearch is not null, nameof(options.SeparableSearch),
            "A separable factorization needs a search for rows.");
        return new NmfEstimator(environment, options);
    }
}
