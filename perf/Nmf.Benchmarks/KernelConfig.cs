using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace Nmf.Benchmarks;

/// <summary>
/// In-process (so that the peak is measured where the kernels run), memory diagnoser, and GFLOP/s from the fastest
/// iteration: on a shared machine the mean measures the neighbours.
/// </summary>
internal sealed class KernelConfig : ManualConfig
{
    public KernelConfig()
    {
        AddJob(Job.Default
            .WithToolchain(InProcessEmitToolchain.Instance)
            .WithWarmupCount(3)
            .WithIterationCount(15)
            .WithIterationTime(TimeInterval.FromMilliseconds(100)));
        AddDiagnoser(MemoryDiagnoser.Default);
        AddColumn(StatisticColumn.Min, new RateColumn(), new PeakFractionColumn());
    }

    private static double? Rate(Summary summary, BenchmarkCase benchmarkCase)
    {
        if (summary[benchmarkCase]?.ResultStatistics is not { } statistics)
            return null;
        var work = benchmarkCase.Parameters.Items.Select(item => item.Value).OfType<INominalWork>().First();
        return work.NominalFlops(benchmarkCase) / statistics.Min;
    }

    private static int Threads(BenchmarkCase benchmarkCase)
        => benchmarkCase.Parameters.Items.Where(item => item.Name == "Threads")
            .Select(item => (int)item.Value).FirstOrDefault(1);

    private sealed class RateColumn : KernelColumn
    {
        public override string ColumnName => "GFLOP/s";

        public override string Legend => "Nominal operations of the step over the shortest time";

        public override string GetValue(Summary summary, BenchmarkCase benchmarkCase)
            => Rate(summary, benchmarkCase) is { } rate ? $"{rate:F1}" : "?";
    }

    private sealed class PeakFractionColumn : KernelColumn
    {
        private readonly Dictionary<int, double> _peaks = [];

        public override string ColumnName => "Of peak";

        public override string Legend => "The same as a fraction of the single-precision multiply-add peak of as many "
            + "threads, measured in this process";

        public override string GetValue(Summary summary, BenchmarkCase benchmarkCase)
        {
            var threads = Threads(benchmarkCase);
            if (!_peaks.TryGetValue(threads, out var peak))
                _peaks[threads] = peak = FmaPeak.Measure(threads);
            return Rate(summary, benchmarkCase) is { } rate ? $"{100 * rate / peak:F0} %" : "?";
        }
    }

    private abstract class KernelColumn : IColumn
    {
        public abstract string ColumnName { get; }

        public abstract string Legend { get; }

        public string Id => ColumnName;

        public bool AlwaysShow => true;

        public ColumnCategory Category => ColumnCategory.Custom;

        public int PriorityInCategory => 0;

        public bool IsNumeric => true;

        public UnitType UnitType => UnitType.Dimensionless;

        public abstract string GetValue(Summary summary, BenchmarkCase benchmarkCase);

        public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style)
            => GetValue(summary, benchmarkCase);

        public bool IsAvailable(Summary summary) => true;

        public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;
    }
}

/// <summary>A benchmark parameter that knows how many operations a benchmark stands for.</summary>
internal interface INominalWork
{
    /// <summary>Floating-point operations of one invocation; extra work of an implementation does not count.</summary>
    double NominalFlops(BenchmarkCase benchmarkCase);
}
