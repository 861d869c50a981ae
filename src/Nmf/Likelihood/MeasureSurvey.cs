using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Tells which measure of fit, which β, data ask for: parts of the data are held out, the rest is factorised with every
/// measure, and the measures are compared by how likely the held-out entries are under the noise that each assumes.
/// Divergences themselves cannot be compared with one another; normalised densities can.
/// </summary>
public static class MeasureSurvey
{
    // Enough for the residuals to find a wrong noise.
    private const int ResidualsTested = 2048;

    // Of all folds together.
    private const int MostJudged = 1 << 20;

    private const double KolmogorovLimit = 1.358;

    /// <summary>Compares kinds of noise.</summary>
    /// <param name="data">Data, samples x features.</param>
    /// <param name="options">Which, with which ranks, folds and starts.</param>
    /// <param name="progress">Told about every check and end of a fit, one call at a time, but from whichever thread
    /// the fit runs on. Its fold counts on through the measures.</param>
    /// <param name="cancellationToken">Stops all running fits within an iteration.</param>
    /// <remarks>
    /// <para>A fold is judged with the dispersion that fits the held-out entries of the other folds best, not with one
    /// from residuals, which a fit makes too small. Of more than a million held-out entries that many are drawn. Means
    /// are clipped at a thousandth of the mean of what was seen, except under Gaussian noise.</para>
    /// <para>Whole numbers are judged by probabilities under every noise: a continuous one gives a number what it has
    /// within half a unit of it.</para>
    /// <para>Takes folds x ranks x starts fits for each β, several at a time. The same options give the same result, to
    /// the bit, whatever the number of threads and of concurrent fits.</para>
    /// </remarks>
    /// <exception cref="ArgumentException">An option is out of range, the data have weights or are too small, or they
    /// can have none of the kinds of noise.</exception>
    /// <exception cref="OperationCanceledException">The survey was cancelled.</exception>
    public static MeasureSurveyResult Run<T>(
        NmfData<T> data, MeasureSurveyOptions options, IProgress<RankProgress>? progress = null,
        CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        cancellationToken.ThrowIfCancellationRequested();
        var pattern = HeldOut.PatternFor(data, options.Fit with { Problem = 2.0 }, options.Pattern);
        var counts = PoissonCounts.AreObservedCounts(data);
        var candidates = Candidates(data, options.Noises ?? Usual(data, counts), counts);
        var judged = candidates.Where(c => c.Objection is null).ToArray();
        if (judged.Length == 0)
            throw new ArgumentException(
                $"The data can have none of the kinds of noise: {candidates[0].Noise.InWords}, because an entry "
                + $"{candidates[0].Objection}.", nameof(options));
        var predictions = Predict(
            data, options, pattern, [.. judged.Select(c => c.Beta).Distinct()], progress, cancellationToken);
        var entries = judged.Select(c => Judge(c, options, predictions, counts, cancellationToken))
            .OrderByDescending(e => e.HeldOutPerEntry).ToArray();
        return new MeasureSurveyResult(
            [.. entries.Select(e => Compared(e, entries[0])), .. candidates.Except(judged)],
            predictions.HeldOut, counts);
    }

    private static List<EntryNoiseModel> Usual<T>(NmfData<T> data, bool counts)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var positive = NmfLikelihood.FirstObjection(data, new GammaNoise()) is null;

        // Of zeros and ones the cells of Gaussian noise are a probit regression on the model, no noise around it.
        if (counts && NmfLikelihood.FirstObjection(data, new BernoulliNoise()) is null)
            return [new BernoulliNoise(), new PoissonNoise(), new NegativeBinomialNoise()];
        List<EntryNoiseModel> noises = [new GaussianNoise()];
        if (counts)
            noises.AddRange([new PoissonNoise(), new NegativeBinomialNoise()]);
        if (positive)
        {
            noises.AddRange([new GammaNoise(), new DivergenceNoise(-1), new DivergenceNoise(0.5),
                new DivergenceNoise(1), new DivergenceNoise(1.5)]);
        }
        else
        {
            noises.Add(new GammaNoise());
            if (!counts)
                noises.Add(new TweedieNoise());
        }

        return noises;
    }

    private static MeasureSurveyEntry[] Candidates<T>(
        NmfData<T> data, IReadOnlyList<EntryNoiseModel> noises, bool counts)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => [.. noises.Select(noise => new MeasureSurveyEntry(
            noise, noise.Beta ?? (noise is BernoulliNoise ? BetaDivergence.Euclidean : BetaDivergence.KullbackLeibler))
        {
            Objection = NmfLikelihood.FirstObjection(data, noise) is { } first
                ? $"not of these data: sample {first.Sample}, feature {first.Feature} {first.Why}"
                : noise.IsDiscrete && !counts
                    ? $"not of these data: {typeof(T).Name} has whole numbers alone of their size"
                    : null,
        })];

    private static HeldOutPredictions Predict<T>(
        NmfData<T> data, MeasureSurveyOptions options, HeldOutPattern pattern, double[] betas,
        IProgress<RankProgress>? progress, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int[] ranks = [.. options.Ranks.Distinct().Order()];
        (double Beta, int Rank)[] fits =
            [.. from beta in betas from rank in ranks.AsEnumerable().Reverse() select (Beta: beta, Rank: rank)];
        var jobs = new RankJobs(fits.Length * options.Folds * options.Starts, progress);
        var (concurrent, threads) = RankJobs.Share(fits.Length, options.Threads, options.ConcurrentFits);
        var predictions = new HeldOutPredictions(betas, ranks, options.Folds);
        for (var number = 0; number < options.Folds; number++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var fold = HeldOut.CreateFold(
                data, options.Folds, options.HeldOutFraction, options.Fit.Seed, pattern, number);
            var part = (double)MostJudged / options.Folds / fold.Entries;
            var random = new CounterRandom(options.Fit.Seed, RandomStreams.JudgedEntries - number);
            predictions.HeldOut += fold.Entries;
            var current = number;
            var found = RankJobs.Run(fits.Length, concurrent, (job, token) =>
            {
                var (beta, rank) = fits[job];
                var model = NmfFactorizer.Fit(
                    fold.Training,
                    options.Fit with
                    {
                        Problem = beta, Solver = NmfSolver.Auto, Rank = rank, Starts = options.Starts,
                        Threads = threads,
                    },
                    progress: jobs.OfStarts(rank, current), cancellationToken: token);
                using var team = new WorkTeam(threads);
                var (w, h) = fold.Factors(model, team, token);
                var rows = new (List<double> Data, List<double> Means)[fold.Samples];
                new SampleVisit<T>(fold.Samples, w, h, fold.CopyHeldOut, (n, row, means) =>
                {
                    rows[n] = ([], []);
                    for (var f = 0; f < row.Length; f++)
                    {
                        if (double.IsNaN(row[f])
                            || (part < 1 && random.Uniform(((long)n * row.Length) + f) >= part))
                            continue;
                        rows[n].Data.Add(row[f]);
                        rows[n].Means.Add(means[f]);
                    }
                }, token).Run(team);
                jobs.Completed(
                    rank, current, options.Starts - 1, model.Report.Iterations, model.Objective, options.Starts);
                return (Data: rows.SelectMany(r => r.Data).ToArray(), Means: rows.SelectMany(r => r.Means).ToArray());
            }, cancellationToken);
            predictions.AddFold(number, NmfLikelihood.HeldOutFloor * fold.Training.Mean, found[0].Data);
            for (var job = 0; job < fits.Length; job++)
                predictions.Add(fits[job].Beta, fits[job].Rank, number, found[job].Means);
        }

        return predictions;
    }

    // The noise with the rank that suits it best.
    private static MeasureSurveyEntry Judge(
        MeasureSurveyEntry candidate, MeasureSurveyOptions options, HeldOutPredictions predictions, bool counts,
        CancellationToken cancellationToken)
    {
        var best = candidate;
        foreach (var rank in predictions.Ranks)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var logs = new double[options.Folds];
            for (var fold = 0; fold < logs.Length; fold++)
            {
                var noise = WithDispersion(candidate.Noise, predictions, candidate.Beta, rank, allBut: fold);
                var (data, means) = predictions.Of(noise, candidate.Beta, rank, fold);
                double sum = 0;
                for (var i = 0; i < data.Length; i++)
                    sum += counts ? CountCells.LogProbability(noise, data[i], means[i])
                        : noise.LogDensity(data[i], means[i]);
                logs[fold] = sum / data.Length;
            }

            if (best.FoldLogLikelihoods.Count == 0 || logs.Average() > best.HeldOutPerEntry)
                best = candidate with { Rank = rank, FoldLogLikelihoods = logs };
        }

        var all = WithDispersion(candidate.Noise, predictions, candidate.Beta, best.Rank, allBut: -1);
        return best with
        {
            Noise = all,
            ResidualDistance = Residuals(all, predictions, best, options.Fit.Seed, out var tested),
            ResidualLimit = KolmogorovLimit / Math.Sqrt(tested),
        };
    }

    private static EntryNoiseModel WithDispersion(
        EntryNoiseModel noise, HeldOutPredictions predictions, double beta, int rank, int allBut)
    {
        if (noise.Dispersion is not null)
            return noise;
        var (data, means) = predictions.AllBut(noise, beta, rank, allBut);
        return noise.Estimate(data, means);
    }

    private static double Residuals(
        EntryNoiseModel noise, HeldOutPredictions predictions, MeasureSurveyEntry entry, int seed, out int tested)
    {
        var (data, means) = predictions.AllBut(noise, entry.Beta, entry.Rank, -1, ResidualsTested);
        var random = new CounterRandom(seed, RandomStreams.QuantileResiduals);
        var residuals = new List<double>(data.Length);
        for (var i = 0; i < data.Length; i++)
            residuals.Add(QuantileResiduals.Residual(noise, data[i], means[i], random.Uniform(i)));
        tested = residuals.Count;
        return QuantileResiduals.DistanceOf(residuals);
    }

    private static MeasureSurveyEntry Compared(MeasureSurveyEntry entry, MeasureSurveyEntry best)
    {
        double[] behind = [.. best.FoldLogLikelihoods.Zip(entry.FoldLogLikelihoods, (b, e) => b - e)];
        var mean = behind.Average();
        return entry with
        {
            BehindBest = mean,
            StandardError = Math.Sqrt(
                behind.Sum(x => (x - mean) * (x - mean)) / (behind.Length - 1) / behind.Length),
        };
    }
}
