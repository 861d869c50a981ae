using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>
/// Separates a recording of several channels into sources that are heard from different places: every source is a
/// nonnegative factorisation of its power spectrogram, and a mixing vector says with which gain, and phase, each
/// channel hears it. Ozerov and Févotte, "Multichannel nonnegative matrix factorization in convolutive mixtures for
/// audio source separation", 2010.
/// </summary>
public static class MultichannelNmf
{
    /// <summary>Fits mixing, spectra and activations.</summary>
    /// <remarks>
    /// Memory: 16 bytes for every complex coefficient of the mixture, and 24 times the activations, 8 bytes each; of
    /// <see cref="MultiplicativeUpdates"/> 8 bytes for every coefficient more, and 48 times; of the methods with
    /// demixing matrices 8 bytes more, and once. An iteration costs of the order of F N (I² J + I J² + K) operations,
    /// with demixing matrices F N (I³ + I J + K).
    /// </remarks>
    /// <param name="mixture">2 to 32 channels.</param>
    /// <param name="options">What to fit and how.</param>
    /// <param name="start">Where to start. Null is <see cref="MultichannelStart.Blind"/>; where spectra or directions
    /// of sources are known, and for <see cref="IndependentLowRank"/>, a random start.</param>
    /// <param name="checkpoint">Where to save the state at intervals and to find that of an interrupted fit, or
    /// null.</param>
    /// <param name="progress">Told the objective at every check, on the calling thread.</param>
    /// <param name="cancellationToken">Looked at before every iteration.</param>
    /// <exception cref="ArgumentException">An option is out of range, or does not fit the mixture.</exception>
    /// <exception cref="AudioDataException">A channel is silent, or a coefficient not finite.</exception>
    /// <exception cref="NmfNumericalException">The objective is not finite.</exception>
    /// <exception cref="NmfCheckpointException">The checkpoint is damaged or belongs to another fit.</exception>
    /// <exception cref="OperationCanceledException">The fit was cancelled.</exception>
    public static MultichannelModel Fit(
        MultichannelSpectrogram mixture,
        MultichannelOptions options,
        MultichannelStart? start = null,
        NmfCheckpoint? checkpoint = null,
        IProgress<FitProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(mixture);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        options.RequireFit(mixture);
        var data = MixtureData.From(mixture);
        var masks = options.Activity?.Frames(options.Sources, mixture);
        var heardNever = Array.FindIndex(masks ?? [], mask => !mask.Contains(true));
        if (heardNever >= 0)
            throw new ArgumentException(
                $"By the activity no frame has source {heardNever}: leave it out.", nameof(options));
        if (start is null && options.Method.StartsBlind && options.Sources > 1 && options.SourceModels is null
            && options.Directions is null)
            start = MultichannelStart.Blind(mixture, options, cancellationToken);
        start?.RequireFit(data, options);
        using var team = new WorkTeam(options.Threads ?? Environment.ProcessorCount);
        return new BestOfStarts<IMultichannelSolver, MixingFactors>(
            new Plan(data, options, start?.Factors, masks, team), progress, cancellationToken).Run(
                checkpoint,
                () =>
                {
                    var facts = options.AddTo(CheckpointFacts.Of<double>("multichannel", checkpoint!))
                        .Add("mixture", CheckpointFacts.MarkOf(data.Rows)).Add("unit", data.Exponent);
                    return start is null ? facts : start.Factors.AddTo(facts);
                },
                (factors, report) => new MultichannelModel(
                    mixture.SampleRate, mixture.Stft.Options, options.Method, factors,
                    Math.ScaleB(data.Floor, 2 * data.Exponent), report));
    }

    private sealed class Plan(
        MixtureData data, MultichannelOptions options, MixingFactors? start, bool[][]? masks, WorkTeam team)
        : FitPlan<IMultichannelSolver, MixingFactors>
    {
        public override int Starts => options.Starts;

        public override IterationOptions Iterations(int stage) => options.Iterations;

        // Of the likelihood, in units of the mixture; the divergence sees ratios alone.
        public override double Objective(int stage, double objective)
        {
            var weight = options.Method.HasPhases
                ? Enumerable.Range(0, data.Bins).Sum(data.Weight) * data.Frames * data.Channels : 0;
            return objective + (weight * 2 * data.Exponent * Math.Log(2));
        }

        public override IMultichannelSolver Create(int number)
        {
            MixingFactors factors;
            if (number == 0 && start is not null)
            {
                factors = start.Clone();
                MultichannelStart.SetKnown(factors, options, data, withActivations: false);
                factors.Scale(Math.ScaleB(1, -2 * data.Exponent));
            }
            else
            {
                factors = MultichannelStart.Random(data, options, number);
            }

            for (var k = 0; masks is not null && k < factors.Rank; k++)
            {
                var mask = masks[factors.SourceOf(k)];
                for (var n = 0; n < mask.Length; n++)
                {
                    if (!mask[n])
                        factors.Activations[k, n] = 0;
                }
            }

            if (options.Method is ExpectationMaximization { Noise: var noise })
            {
                for (var i = 0; i < factors.Noise.Length; i++)
                    factors.Noise[i] = noise.From * data.Power[i];
            }
            else if (!options.Method.HasPhases)
            {
                factors.SquareMixing();
            }

            return options.Method.CreateSolver(data, factors, options.Known(), team);
        }

        // Its state is about to be loaded.
        public override IMultichannelSolver CreateEmpty(int stage) => Create(0);

        public override MixingFactors Result(IMultichannelSolver model)
        {
            var factors = model.Current.Clone();
            if (!options.Method.HasPhases)
                factors.RootMixing();
            factors.Scale(Math.ScaleB(1, 2 * data.Exponent));
            factors.Normalize(options.Known().Spectra);
            return factors;
        }
    }
}
