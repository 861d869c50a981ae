using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// How sure a rank is: the rank that cross-validation chooses is fitted, data are drawn from that model and its noise,
/// and cross-validated again. Where most draws give another rank than they were made with, data of this size cannot
/// tell it.
/// </summary>
public static class RankBootstrap
{
    /// <summary>The ranks that draws of a fitted model choose.</summary>
    /// <param name="data">Data, samples x features.</param>
    /// <param name="noise">The noise. A dispersion that is not known is estimated from the residuals.</param>
    /// <param name="crossValidation">How a rank is chosen: the smallest within one standard error of the best, with one
    /// fold the best.</param>
    /// <param name="options">How often, and what to report. Threads are those of the cross-validation.</param>
    /// <param name="progress">Told how many replicates are done.</param>
    /// <param name="cancellationToken">Stops within an iteration.</param>
    /// <remarks>Takes a cross-validation for each replicate. Zeros of sparse data are drawn too, into dense
    /// data.</remarks>
    /// <exception cref="ArgumentException">An option is out of range, or the noise cannot have one of the values
    /// (<see cref="NmfDataException"/>).</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static RankBootstrapResult Run<T>(
        NmfData<T> data, NoiseModel noise, RankCrossValidationOptions crossValidation,
        BootstrapOptions? options = null, IProgress<int>? progress = null,
        CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(noise);
        ArgumentNullException.ThrowIfNull(crossValidation);
        options ??= new BootstrapOptions();
        options.Validate();
        NmfLikelihood.RequirePossible(data, noise);
        var rank = Chosen(data, crossValidation, cancellationToken);
        var model = NmfFactorizer.Fit(
            data, crossValidation.Fit with
            {
                Rank = rank, Starts = crossValidation.Starts, Threads = crossValidation.Threads,
            },
            cancellationToken: cancellationToken);
        var known = noise.Dispersion is not null ? noise : NmfLikelihood.Estimate(
            data, model.Dictionary, model.Activations, noise, crossValidation.Threads, cancellationToken);
        var ranks = new int[options.Replicates];
        for (var number = 0; number < ranks.Length; number++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var drawn = ParametricBootstrap.Draw(
                model, data, known, options.Seed, number, NmfLikelihood.Threads(crossValidation.Threads),
                cancellationToken);
            ranks[number] = Chosen(drawn, crossValidation, cancellationToken);
            progress?.Report(number + 1);
        }

        return new RankBootstrapResult(known, rank, ranks, options.Level);
    }

    private static int Chosen<T>(
        NmfData<T> data, RankCrossValidationOptions options, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => RankCrossValidation.Run(data, options, cancellationToken: cancellationToken) is var result
            && result.OneStandardErrorRank is { } smallest ? smallest : result.BestRank;
}

/// <summary>The ranks that draws of a fitted model choose.</summary>
public sealed class RankBootstrapResult
{
    internal RankBootstrapResult(NoiseModel noise, int rank, int[] ranks, double level)
    {
        (Noise, Rank, Ranks) = (noise, rank, ranks);
        int[] sorted = [.. ranks.Order()];
        Lower = sorted[(int)Math.Floor((1 - level) / 2 * (sorted.Length - 1))];
        Upper = sorted[(int)Math.Ceiling((1 + level) / 2 * (sorted.Length - 1))];
    }

    /// <summary>The noise of the draws, with its dispersion.</summary>
    public NoiseModel Noise { get; }

    /// <summary>The rank that the data choose, with which the draws are made.</summary>
    public int Rank { get; }

    /// <summary>For every draw the rank that it chooses.</summary>
    public IReadOnlyList<int> Ranks { get; }

    /// <summary>Lower end of the interval of the draws.</summary>
    public int Lower { get; }

    /// <summary>Upper end of the interval of the draws.</summary>
    public int Upper { get; }

    /// <summary>The part of the draws that choose the rank they were made with.</summary>
    public double Found => Ranks.Count(r => r == Rank) / (double)Ranks.Count;
}
