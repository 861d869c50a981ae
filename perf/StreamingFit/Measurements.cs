using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;
using Nmf.Kernels;
using PeerComparison;

namespace StreamingFit;

internal static class Measurements
{
    private const int Rounds = 3;
    private const int Passes = 12;

    /// <summary>Peak memory of this process when it fits to many rows; run once for each number of rows.</summary>
    public static void Memory(Rows rows, int rank, double beta, int passes)
    {
        var before = ProcessMeter.PeakMemory;
        var clock = Stopwatch.StartNew();
        var model = Fit(
            rows, new OnlineNmfEstimator.Options { Rank = rank, Beta = beta, Passes = passes, Tolerance = 0 });
        Console.WriteLine(
            $"memory: rows {rows.Count}, features {rows.Features}, rank {rank}, beta {beta}: "
            + $"data {Megabytes(rows):F0} MB, peak of the process {ProcessMeter.PeakMemory:F0} MB ({before:F0} MB "
            + $"before the fit), {clock.Elapsed.TotalSeconds:F1} s for {passes} passes and the evaluation, "
            + $"explained part {model.ExplainedPart:F4}");
    }

    /// <summary>
    /// Time of a pass over a data view, reading included, against that of the same updates with the data in memory:
    /// minima of several rounds in turn. The reader and the learner of a stream have a thread each: with a processor
    /// for both, the slower of the two decides.
    /// </summary>
    public static void Throughput(Rows rows, int rank, double beta, int inner, int threads)
    {
        var data = rows.ToData();
        var (memory, one, many, reading) = (Cost.Most, Cost.Most, Cost.Most, Cost.Most);
        for (var round = 0; round < Rounds; round++)
        {
            memory = memory.Least(InMemory(data, rank, beta, inner, threads));
            one = one.Least(Cost.Of(() => FitPasses(1)));
            many = many.Least(Cost.Of(() => FitPasses(1 + Passes)));
            for (var i = 0; i < Passes; i++)
                reading = reading.Least(Cost.Of(() => Read(rows)));
        }

        // The start and the evaluation of both are the same.
        var stream = (many - one) / Passes;
        var nanoseconds = 1e9 / rows.StoredEntries;
        Console.WriteLine(
            $"throughput: {rows}, rank {rank}, beta {beta}, {inner} updates of H and one of W, {threads} threads; "
            + $"ns of processor time for each stored entry: rows alone {reading.Processors * nanoseconds:F2}, "
            + $"step in memory {memory.Processors * nanoseconds:F2}, stream {stream.Processors * nanoseconds:F2} "
            + $"(learner {stream.Caller * nanoseconds:F2}, reader {stream.Others * nanoseconds:F2})");
        Console.WriteLine(
            "  throughput of the stream: "
            + $"with a processor for each thread {memory.Processors / Math.Max(stream.Caller, stream.Others):P0} "
            + $"of the step in memory, by the sum of both threads {memory.Processors / stream.Processors:P0}, "
            + $"by the clock {memory.Clock / stream.Clock:P0}; load {ProcessMeter.Load:F1}");

        void FitPasses(int passes) => Fit(rows, new OnlineNmfEstimator.Options
        {
            Rank = rank, Beta = beta, Passes = passes, Tolerance = 0, Threads = threads,
            Learning = new() { InnerIterations = inner, InnerTolerance = 0 },
            Initialization = NmfInitialization.Random,
        });
    }

    /// <summary>A fit to a file.</summary>
    public static void File(Rows rows, int rank, double beta, int passes)
    {
        var clock = Stopwatch.StartNew();
        var cpu = ProcessMeter.CpuSeconds;
        var model = Fit(
            rows,
            new OnlineNmfEstimator.Options { Rank = rank, Beta = beta, Passes = passes, Tolerance = 0, Seed = 1 });
        foreach (var point in model.ObjectiveHistory)
            Console.WriteLine(
                $"pass {point.Iteration}: {point.Elapsed.TotalSeconds:F2} s, "
                + $"averaged cost per entry {point.Objective / rows.Count / rows.Features:G6}");
        Console.WriteLine(
            $"file: {rows.Count} x {rows.Features}, rank {rank}, beta {beta}, {passes} passes: "
            + $"objective per entry {model.Objective / rows.Count / rows.Features:G6}, "
            + $"{model.ObjectiveHistory[^1].Elapsed.TotalSeconds:F2} s of passes, "
            + $"{clock.Elapsed.TotalSeconds:F2} s in all, {ProcessMeter.CpuSeconds - cpu:F2} s of CPU, "
            + $"peak {ProcessMeter.PeakMemory:F0} MB, load {ProcessMeter.Load:F1}");
    }

    private static double Megabytes(Rows rows) => rows.Count * rows.Features * (double)sizeof(float) / (1 << 20);

    private static NmfModelParameters Fit(Rows rows, OnlineNmfEstimator.Options options)
    {
        var context = new MLContext(seed: 1);
        (options.OutputColumnName, options.InputColumnName) = ("H", Rows.Column);
        return context.Transforms.OnlineNmf(options).Fit(rows.View(context)).Model;
    }

    // What ML.NET alone needs to hand the rows over.
    private static void Read(Rows rows)
    {
        var view = rows.View(new MLContext(seed: 1));
        using var cursor = view.GetRowCursor(view.Schema);
        var getter = cursor.GetGetter<VBuffer<float>>(view.Schema[Rows.Column]);
        var row = default(VBuffer<float>);
        while (cursor.MoveNext())
            getter(ref row);
    }

    // The least time of a pass in memory: inner updates of the activations, one of the dictionary, no objective.
    private static Cost InMemory(DataInMemory data, int rank, double beta, int inner, int threads)
    {
        using var team = new WorkTeam(threads);
        var pass = data.CreatePass(rank, beta, team);
        var (samples, features) = (data.Samples, data.Features);
        var w = Matrix<float>.FromRowMajor(Values(features * rank, 1), features, rank);
        var h = Matrix<float>.FromRowMajor(Values(samples * rank, 2), samples, rank);
        var productH = new Matrix<float>(samples, rank);
        var productW = new Matrix<float>(features, rank);
        var gram = new Matrix<float>(rank, rank);
        Action step = beta == 2 ? Sweep : Multiply;
        var best = Cost.Most;
        for (var i = 0; i < Passes; i++)
            best = best.Least(Cost.Of(step));
        return best;

        void Multiply()
        {
            for (var j = 0; j < inner; j++)
                pass.UpdateActivations(w, h, 1);
            pass.UpdateDictionary(w, h, 1);
        }

        void Sweep()
        {
            pass.ActivationProduct(w, productH);
            FactorKernels.Gram(w, gram, team);
            for (var j = 0; j < inner; j++)
                FactorKernels.HalsSweep(h, productH, gram, team);
            pass.DictionaryProduct(h, productW);
            FactorKernels.Gram(h, gram, team);
            FactorKernels.HalsSweep(w, productW, gram, team);
        }
    }

    private static float[] Values(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => 0.1f + random.NextSingle())];
    }
}
