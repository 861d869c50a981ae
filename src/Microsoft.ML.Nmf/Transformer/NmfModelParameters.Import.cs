using Nmf;
using Nmf.Kernels;

namespace Microsoft.ML.Transforms;

public sealed partial class NmfModelParameters
{
    /// <summary>
    /// Components that were found elsewhere, such as the <c>components_</c> of scikit-learn's NMF (read by
    /// <c>NpyFile.ReadMatrix</c> of MLNmf.Formats.Core): to transform with (<see cref="ToTransformer"/>), to start a
    /// fit from (<see cref="NmfRowOptions.InitialModel"/>), or to look at.
    /// </summary>
    /// <param name="components">K x F: one component in each row, finite and at least 0; not scaled.</param>
    /// <param name="beta">β of the divergence of the fit that has found them.</param>
    /// <param name="featureNames">Names of the features, or null.</param>
    /// <param name="inference">How far Transform solves a row.</param>
    /// <returns>A model without a record: it has no training rows and no iterations, and equal contributions.</returns>
    /// <exception cref="ArgumentException">There is no component, one is zero, or the number of names
    /// differs.</exception>
    /// <exception cref="NmfDataException">A value is negative, NaN or infinite; the message names component and
    /// feature.</exception>
    public static NmfModelParameters FromComponents(
        Matrix<float> components, double beta = BetaDivergence.Euclidean, IReadOnlyList<string>? featureNames = null,
        InferenceOptions? inference = null)
    {
        ArgumentNullException.ThrowIfNull(components);
        if (featureNames is not null && featureNames.Count != components.Columns)
            throw new ArgumentException(
                $"There are {featureNames.Count} names for {components.Columns} features.", nameof(featureNames));
        return FromFit(NmfModel.FromComponents(components, beta, inference), rows: 0, featureNames?.ToArray());
    }

    /// <summary>A transformer with these components: what a fit that has found them would have returned, with the
    /// column of activations alone.</summary>
    /// <param name="ml">Context.</param>
    /// <param name="outputColumnName">Name of the column of activations.</param>
    /// <param name="inputColumnName">Name of the column of rows, a vector of
    /// <see cref="FeatureCount"/> Singles; null for <paramref name="outputColumnName"/>.</param>
    /// <param name="normalizeOutput">Whether the activations of a row are divided by their sum.</param>
    /// <exception cref="ArgumentException">A name is empty.</exception>
    /// <exception cref="InvalidOperationException">The model is one of sequences or of a marginal likelihood, which
    /// have transformers of their own.</exception>
    public NmfTransformer ToTransformer(
        MLContext ml, string outputColumnName, string? inputColumnName = null, bool normalizeOutput = false)
    {
        ArgumentNullException.ThrowIfNull(ml);
        ArgumentException.ThrowIfNullOrWhiteSpace(outputColumnName);
        if (Sections.Find<SequenceSection>() is not null)
            throw new InvalidOperationException(
                "The activations of a row depend on the sequence that it stands in: call "
                + $"{nameof(ToSequenceTransformer)}.");
        if (Sections.Find<MarginalSection>() is not null)
            throw new InvalidOperationException(
                "The activations have a prior, under which they are distributions: call "
                + $"{nameof(ToMarginalLikelihoodTransformer)}.");
        return new NmfTransformer(ml, WithoutFurtherColumns(), new NmfEstimator.Options
        {
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            Rank = Rank,
            NormalizeOutput = normalizeOutput,
            NameMismatch = Input.Names,
            NegativeTolerance = Input.NegativeTolerance,
        });
    }

    /// <summary>A transformer of sequences with these components, their smoothness or their transitions.</summary>
    /// <param name="ml">Context.</param>
    /// <param name="outputColumnName">Name of the column of activations.</param>
    /// <param name="inputColumnName">Name of the column of rows, a vector of
    /// <see cref="FeatureCount"/> Singles; null for <paramref name="outputColumnName"/>.</param>
    /// <param name="sequenceColumnName">Name of the column that tells sequences apart; null where all rows are
    /// one.</param>
    /// <exception cref="ArgumentException">A name is empty.</exception>
    /// <exception cref="InvalidOperationException">The model is not one of sequences.</exception>
    public SequenceNmfTransformer ToSequenceTransformer(
        MLContext ml, string outputColumnName, string? inputColumnName = null, string? sequenceColumnName = null)
    {
        ArgumentNullException.ThrowIfNull(ml);
        ArgumentException.ThrowIfNullOrWhiteSpace(outputColumnName);
        return Sections.Find<SequenceSection>() is not null
            ? new SequenceNmfTransformer(
                ml, this, outputColumnName, inputColumnName ?? outputColumnName, sequenceColumnName)
            : throw new InvalidOperationException(
                $"This is not a model of sequences (smooth NMF, dynamical system): call {nameof(ToTransformer)}.");
    }

    /// <summary>A transformer of maximum marginal likelihood with these components and the priors of their
    /// activations.</summary>
    /// <param name="ml">Context.</param>
    /// <param name="outputColumnName">Name of the column of posterior means.</param>
    /// <param name="inputColumnName">Name of the column of rows, a vector of
    /// <see cref="FeatureCount"/> Singles; null for <paramref name="outputColumnName"/>.</param>
    /// <param name="deviationColumnName">Name of a column of standard deviations, or null for none.</param>
    /// <param name="logLikelihoodColumnName">Name of a column of the logarithm of the likelihood of each row, or null
    /// for none.</param>
    /// <exception cref="ArgumentException">A name is empty, or there twice.</exception>
    /// <exception cref="InvalidOperationException">The model is not one of maximum marginal likelihood.</exception>
    public MarginalLikelihoodNmfTransformer ToMarginalLikelihoodTransformer(
        MLContext ml, string outputColumnName, string? inputColumnName = null, string? deviationColumnName = null,
        string? logLikelihoodColumnName = null)
    {
        ArgumentNullException.ThrowIfNull(ml);
        string[] names =
            [outputColumnName, .. new[] { deviationColumnName, logLikelihoodColumnName }.OfType<string>()];
        foreach (var name in names)
            ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (names.Distinct(StringComparer.Ordinal).Count() < names.Length)
            throw new ArgumentException($"The columns {string.Join(", ", names)} must have different names.");
        return Sections.Find<MarginalSection>() is not null
            ? new MarginalLikelihoodNmfTransformer(ml, this, new MarginalLikelihoodNmfEstimator.Options
            {
                OutputColumnName = outputColumnName,
                InputColumnName = inputColumnName,
                Rank = Rank,
                DeviationColumnName = deviationColumnName,
                LogLikelihoodColumnName = logLikelihoodColumnName,
            })
            : throw new InvalidOperationException(
                $"This is not a model of maximum marginal likelihood: call {nameof(ToTransformer)}.");
    }

    // Columns that only the transformer of the fit had: their names are not those of the model.
    private NmfModelParameters WithoutFurtherColumns()
    {
        var sections = Sections;
        if (sections.Find<MissingEntriesSection>() is { ImputedColumnName: not null } missing)
            sections = sections.With(missing with { ImputedColumnName = null });
        if (sections.Find<OutlierSection>() is { } outliers && (outliers.HasScoreColumn || outliers.HasPartColumn))
            sections = sections.With(outliers.WithoutColumns());
        return sections == Sections ? this : Copy(_components, _contributions, sections);
    }
}
