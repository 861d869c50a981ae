using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Fitting;
using Nmf;
using PeerComparison;

namespace StreamingFit;

/// <summary>What reading the rows of a view into the form in which they are factorised costs.</summary>
internal static class Reading
{
    private const int Rounds = 7;
    private const int WarmRows = 300;

    /// <summary>
    /// Processor time, and peak memory beyond what was there before, of reading rows that lie in memory ("memory"),
    /// come one by one in an unknown number ("stream"), or stand in a text file ("text"); beside a cursor that only
    /// fetches them.
    /// </summary>
    public static void Print(string source, int rows, int features)
    {
        var context = new MLContext(seed: 1);
        var path = Path.GetTempFileName();
        try
        {
            for (var i = 0; i < Rounds; i++)
                Data(View(WarmRows, "warm"));
            var view = View(rows, "all");
            var (alone, aloneMemory) = Measure(() => Fetch(view));
            var (reading, memory) = Measure(() => Data(view));
            var size = rows * (double)features * sizeof(float) / (1 << 20);
            Console.WriteLine(
                $"reading: {rows} x {features} rows, {source}: data {size:F0} MB, at the peak "
                + $"{memory - size:F1} MB more ({aloneMemory:F1} MB for a cursor alone), "
                + $"{reading.Processors:F3} s of processor time ({alone.Processors:F3} s for a cursor alone), "
                + $"{reading.Clock:F3} s by the clock, load {ProcessMeter.Load:F1}");
        }
        finally
        {
            File.Delete(path);
        }

        IDataView View(int count, string name)
        {
            var generated = new GeneratedRows(count, features);
            if (source == "memory")
                return Rows.View(context, generated.All().Select(row => new DenseRow
                {
                    Features = [.. row.Features],
                }).ToArray(), features);
            if (source == "stream")
                return generated.View(context);
            if (source != "text")
                throw new ArgumentException($"There is no source {source}: memory, stream, text.");
            var file = $"{path}.{name}";
            using (var writer = new StreamWriter(file))
            {
                foreach (var row in generated.All())
                    writer.WriteLine(string.Join('\t', row.Features.Select(
                        value => value.ToString("G6", CultureInfo.InvariantCulture))));
            }

            return context.Data.LoadFromTextFile(
                file, [new TextLoader.Column(Rows.Column, DataKind.Single, 0, features - 1)]);
        }

        NmfData<float> Data(IDataView view)
        {
            var host = ((IHostEnvironment)context).Register("reading");
            using var channel = host.Start("reading");
            using var cancellation = new FitCancellation(host, CancellationToken.None);
            return RowReader.Read(
                channel, view, ColumnGuard.ForInput(host, view.Schema, Rows.Column, BetaDivergence.KullbackLeibler),
                cancellation);
        }
    }

    private static void Fetch(IDataView view)
    {
        using var cursor = view.GetRowCursor(view.Schema);
        var getter = cursor.GetGetter<VBuffer<float>>(view.Schema[Rows.Column]);
        var row = default(VBuffer<float>);
        while (cursor.MoveNext())
            getter(ref row);
    }

    // The least of several rounds, and the peak of the first.
    private static (Cost Cost, double Memory) Measure(Action action)
    {
        var (least, memory) = (Cost.Most, double.NaN);
        for (var round = 0; round < Rounds; round++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            ProcessMeter.ForgetPeak();
            var before = ProcessMeter.PeakMemory;
            least = least.Least(Cost.Of(action));
            if (round == 0)
                memory = ProcessMeter.PeakMemory - before;
        }

        return (least, memory);
    }
}
