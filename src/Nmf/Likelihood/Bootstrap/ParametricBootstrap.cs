using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// How sure a dictionary is: data are drawn from the fitted model and its noise, factorised again, and matched to the
/// model, which shows how much each entry of W varies because data are noisy. Efron, "Bootstrap methods: another look
/// at the jackknife", 1979.
/// </summary>
/// <remarks>It takes the model and the noise to be right, and every fit starts from the model: what another local
/// minimum would have found is not in it (<c>SolutionStability</c> asks that).</remarks>
public static class ParametricBootstrap
{
    /// <summary>Intervals of the entries of a dictionary.</summary>
    /// <param name="model">A fit of the data, with its activations.</param>
    /// <param name="data">The data of the fit; entries that are missing there are missing in every draw.</param>
    /// <param name="noise">The noise. A dispersion that is not known is estimated from the residuals.</param>
    /// <param name="options">How often, and what to report.</param>
    /// <param name="progress">Told how many replicates are done, one call at a time, from any thread.</param>
    /// <param name="cancellationToken">Stops all running fits within an iteration.</param>
    /// <remarks>Holds <c>replicates x F x K</c> numbers, and of each replicate that runs a copy of the data. The same
    /// options give the same result, to the bit, whatever the number of threads.</remarks>
    /// <exception cref="ArgumentException">An option is out of range, shapes do not match, data have weights, or the
    /// noise cannot have one of the values (<see cref="NmfDataException"/>).</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static BootstrapResult Run<T>(
        NmfModel<T> model, NmfData<T> data, NoiseModel noise, BootstrapOptions? options = null,
        IProgress<int>? progress = null, CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(noise);
        options ??= new BootstrapOptions();
        options.Validate();
        NmfLikelihood.Require(data, model.Dictionary, model.Activations, noise);
        var known = noise.Dispersion is not null ? noise : NmfLikelihood.Estimate(
            data, model.Dictionary, model.Activations, noise, options.Threads, cancellationToken);
        var (concurrent, threads) = RankJobs.Share(options.Replicates, options.Threads, options.ConcurrentFits);
        var fit = model.Options with { Starts = 1, Threads = threads };
        var gate = new object();
        var done = 0;
        var replicates = RankJobs.Run(options.Replicates, concurrent, (number, token) =>
        {
            var drawn = Draw(model, data, known, options.Seed, number, threads, token);
            var again = NmfFactorizer.Fit(
                drawn, fit, new NmfStart<T>(model.Dictionary, model.Activations), cancellationToken: token);
            lock (gate)
                progress?.Report(++done);
            return Matched(model.Dictionary, again.Dictionary);
        }, cancellationToken);
        return BootstrapResult.Of(known, replicates, options.Level);
    }

    /// <summary>One draw, with the missing entries of the data.</summary>
    internal static NmfData<T> Draw<T>(
        NmfModel<T> model, NmfData<T> data, NoiseModel noise, int seed, int number, int threads,
        CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var drawn = new Matrix<T>(data.Samples, data.Features);
        NoiseSampling.Draw(
            model.Dictionary, model.Activations, noise, data.CopyObserved, drawn, seed, threads, cancellationToken,
            RandomStreams.Replicates - number);
        return NmfData<T>.FromMatrix(drawn, MissingValues.NaN);
    }

    // Columns in the order of the model, with its column sums.
    private static Matrix<double> Matched<T>(Matrix<T> dictionary, Matrix<T> replicate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var ordered = ComponentMatching.Match(dictionary, replicate).Reorder(replicate);
        var (sums, found) = (new double[dictionary.Columns], new double[dictionary.Columns]);
        for (var f = 0; f < dictionary.Rows; f++)
        {
            for (var k = 0; k < sums.Length; k++)
            {
                sums[k] += double.CreateTruncating(dictionary.Row(f)[k]);
                found[k] += double.CreateTruncating(ordered.Row(f)[k]);
            }
        }

        var scaled = new Matrix<double>(dictionary.Rows, dictionary.Columns);
        for (var f = 0; f < dictionary.Rows; f++)
        {
            for (var k = 0; k < sums.Length; k++)
                scaled.Row(f)[k] = found[k] > 0 ? double.CreateTruncating(ordered.Row(f)[k]) * sums[k] / found[k] : 0;
        }

        return scaled;
    }
}
