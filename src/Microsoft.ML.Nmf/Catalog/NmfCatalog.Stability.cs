using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Fitting;
using Nmf;

namespace Microsoft.ML;

public static partial class NmfCatalog
{
    /// <summary>
    /// Factorises a column from several random starts and reports what all of them found: components aligned, how much
    /// each varies, and whether the best factorisation is the only one of its product.
    /// </summary>
    /// <param name="catalog">The catalog of model operations, <c>mlContext.Model</c>.</param>
    /// <param name="data">The data; read once.</param>
    /// <param name="columnName">Name of the column, a vector of numbers of known size, dense or sparse.</param>
    /// <param name="rank">Number of components K.</param>
    /// <param name="beta">Divergence parameter β of the factorisation: see <see cref="BetaDivergence"/>.</param>
    /// <param name="starts">Number of random starts, at least 2.</param>
    /// <param name="seed">Seed of everything random, or null for one drawn from the seed of the
    /// <see cref="MLContext"/>.</param>
    /// <returns>The figures, and <see cref="StabilityReport.ToText"/>.</returns>
    /// <remarks>Progress and messages go to the log of the context. Other problems, iterations and solvers:
    /// <see cref="SolutionStability"/>.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or has another type.</exception>
    /// <exception cref="ArgumentException">An argument is out of range; the message names it.</exception>
    /// <exception cref="NmfDataException">The data cannot be factorised; the message names column, row, slot and
    /// value.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static StabilityReport SurveyNmfStability(
        this ModelOperationsCatalog catalog,
        IDataView data,
        string columnName,
        int rank,
        double beta = BetaDivergence.Euclidean,
        int starts = 10,
        int? seed = null)
    {
        var host = Register(catalog, nameof(SurveyNmfStability));
        host.CheckValue(data, nameof(data));
        host.CheckNonWhiteSpace(columnName, nameof(columnName));
        host.CheckUserArg(starts > 1, nameof(starts), "There is nothing to compare: take two starts or more.");
        var fit = new NmfOptions { Rank = rank, Problem = beta, Seed = seed ?? host.Rand.Next() };
        UserErrors.Mark(host, () => fit.Validate());
        var guard = ColumnGuard.ForInput(host, data.Schema, columnName, fit.Problem, default, default);
        using var channel = host.Start("Stability");
        using var cancellation = new FitCancellation(host, default);
        var rows = RowReader.Read(channel, data, guard, cancellation);
        return cancellation.Guard(token =>
        {
            channel.Info(
                "Rank {0} from {1} starts, {2}, seed {3}.", rank, starts, FitMessages.NameOf(fit.Problem), fit.Seed);
            using var progress = ProgressChannel.OfRanks(host, channel, "Stability of a solution");
            var report = SolutionStability.Run(rows, fit, starts, progress, token);
            channel.Info("{0}", report.Identifiability.Reason);
            return report;
        });
    }
}
