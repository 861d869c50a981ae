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

    // No more is said of a mean that nothing determines.
    private const double MostError = 1;

    /// <summary>Compares kinds of noise.</summary>
    /// <param name="data">Data, samples x features.</param>
    /// <param name="options">Which, with which ranks, folds and starts.</param>
    /// <param name="progress">Told about every check and end of a fit, one call at a time, but from whichever thread
    /// the fit runs on. Its fold counts on through the measures.</param>
    /// <param name="cancellationToken">Stops all running fits within an iteration.</param>
    /// <remarks>
    /// <para>Every noise is judged by the predictions, of whichever β and rank, under which it is likeliest: so that
    /// kinds of noise are compared, and not also fits. A fold is judged with the dispersion that fits the held-out
    /// entries of the other folds best, not with one from residuals, which a fit makes too small; predictions are mixed
    /// with as much of the mean of the data, from 0.001 to 0.1 (none under Gaussian noise, if none is best), as they
    /// ask for, too. Poisson and negative binomial noise get the variance that predictions of counts have; other
    /// dispersions take it up. Of more than a million held-out entries that many are drawn.</para>
    /// <para>Whole numbers are judged by probabilities under every noise: a continuous one gives a number what it has
    /// within half a unit of it. Where the smallest value is ten times as frequent as the next, data were cut off
    /// there, and it has the probability of all below (zeros of counts aside).</para>
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
        var cells = DataCells.Of(data);
        var counts = cells.AreCounts;
        var candidates = Candidates(data, options.Noises ?? Usual(data, counts), counts);
        var judged = candidates.Where(c => c.Objection is null).ToArray();
        if (judged.Length == 0)
            throw new ArgumentException(
                $"The data can have none of the kinds of noise: {candidates[0].Noise.InWords}, because an entry "
                + $"{candidates[0].Objection}.", nameof(options));
        var predictions = Predict(
            data, options, pattern, [.. judged.Select(c => c.Beta).Distinct()], progress, cancellationToken);
        var entries = judged.Select(c => Judge(c, options, predictions, cells, cancellationToken))
            .OrderByDescending(e => e.HeldOutPerEntry).ToArray();
        return new MeasureSurveyResult(
            [.. entries.Select(e => Compared(e, entries[0], predictions)), .. candidates.Except(judged)],
            predictions.HeldOut, cells);
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
                var (bySample, byFeature) = (Totals(h, w), Totals(w, h));
                var rows = new List<HeldOutEntry>[fold.Samples];
                new SampleVisit<T>(fold.Samples, w, h, fold.CopyHeldOut, (n, row, means) =>
                {
                    rows[n] = [];
                    for (var f = 0; f < row.Length; f++)
                    {
                        if (double.IsNaN(row[f])
                            || (part < 1 && random.Uniform(((long)n * row.Length) + f) >= part))
                            continue;
                        rows[n].Add(new HeldOutEntry(
                            n, row[f], means[f],
                            Math.Min(MostError, rank * ((1 / bySample[n]) + (1 / byFeature[f]))),
                            fold.Training.Mean));
                    }
                }, token).Run(team);
                jobs.Completed(
                    rank, current, options.Starts - 1, model.Report.Iterations, model.Objective, options.Starts);
                return rows.SelectMany(r => r).ToArray();
            }, cancellationToken);
            for (var job = 0; job < fits.Length; job++)
                predictions.Add(fits[job].Beta, fits[job].Rank, number, found[job]);
        }

        return predictions;
    }

    // What the model expects of every row of a factor in all: a count that says how sure the row is.
    private static double[] Totals<T>(Matrix<T> rows, Matrix<T> others)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sums = new double[others.Columns];
        FactorKernels.ColumnSums(others, sums);
        var totals = new double[rows.Rows];
        for (var n = 0; n < totals.Length; n++)
        {
            var row = rows.Row(n);
            for (var k = 0; k < sums.Length; k++)
                totals[n] += double.CreateTruncating(row[k]) * sums[k];
        }

        return totals;
    }

    // The noise with the fits, of whichever β and rank, that predict best under it.
    private static MeasureSurveyEntry Judge(
        MeasureSurveyEntry candidate, MeasureSurveyOptions options, HeldOutPredictions predictions, DataCells cells,
        CancellationToken cancellationToken)
    {
        // A probability of a continuous variable is an integral.
        var isCostly = !candidate.Noise.IsDiscrete && (cells.AreCounts || cells.Limit is not null);
        var (few, most) = isCostly ? (256, 1024) : (4096, 16384);
        var (bestBeta, bestRank, largest) = (candidate.Beta, predictions.Ranks[0], double.NegativeInfinity);
        foreach (var beta in predictions.Betas.OrderBy(b => b != candidate.Beta))
        {
            foreach (var rank in predictions.Ranks)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var mean = HeldOutNoise.Likelihood(
                    candidate.Noise, cells, predictions.AllBut(beta, rank, -1, few));
                if (mean > largest)
                    (bestBeta, bestRank, largest) = (beta, rank, mean);
            }
        }

        var folds = new double[options.Folds][];
        var logs = new double[options.Folds];
        for (var fold = 0; fold < logs.Length; fold++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var noise = HeldOutNoise.Estimate(
                candidate.Noise, cells, predictions.AllBut(bestBeta, bestRank, fold, most));
            folds[fold] = [.. predictions.Of(bestBeta, bestRank, fold).Select(e => noise.Log(e))];
            logs[fold] = folds[fold].Average();
        }

        var all = HeldOutNoise.Estimate(
            candidate.Noise, cells, predictions.AllBut(bestBeta, bestRank, -1, most));
        return candidate with
        {
            Noise = all.Noise,
            Rank = bestRank,
            PredictionBeta = bestBeta,
            FoldLogLikelihoods = logs,
            Logs = folds,
            ResidualDistance = Residuals(
                all, predictions.AllBut(bestBeta, bestRank, -1, ResidualsTested), options.Fit.Seed, out var tested),
            ResidualLimit = KolmogorovLimit / Math.Sqrt(tested),
        };
    }

    private static double Residuals(HeldOutNoise noise, HeldOutEntry[] entries, int seed, out int tested)
    {
        var random = new CounterRandom(seed, RandomStreams.QuantileResiduals);
        tested = entries.Length;
        return QuantileResiduals.DistanceOf([.. entries.Select((e, i) => noise.Residual(e, random.Uniform(i)))]);
    }

    // Entries of one sample err together: the differences are added up by sample.
    private static MeasureSurveyEntry Compared(
        MeasureSurveyEntry entry, MeasureSurveyEntry best, HeldOutPredictions predictions)
    {
        var behind = best.FoldLogLikelihoods.Zip(entry.FoldLogLikelihoods, (b, e) => b - e).Average();
        double squares = 0;
        long count = 0;
        var groups = 0;
        for (var fold = 0; fold < predictions.Folds; fold++)
        {
            var places = predictions.Of(predictions.Betas[0], predictions.Ranks[0], fold);
            for (var i = 0; i < places.Length;)
            {
                double sum = 0;
                var sample = places[i].Sample;
                for (; i < places.Length && places[i].Sample == sample; i++)
                    sum += best.Logs[fold][i] - entry.Logs[fold][i] - behind;
                squares += sum * sum;
                groups++;
            }

            count += places.Length;
        }

        return entry with
        {
            Logs = [],
            BehindBest = behind,
            StandardError = Math.Sqrt(squares * groups / Math.Max(groups - 1, 1)) / count,
        };
    }
}
