using System.Diagnostics;
using Microsoft.ML;
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
        var model = Fit(rows, new OnlineNmfEstimator.Options { Rank = rank, Beta = beta, MaximumNumberOfPasses = passes, Tolerance = 0 });
        Console.WriteLine(
            $"memory: rows {rows.Count}, features {rows.Features}, rank {rank}, beta {beta}: data {Megabytes(rows):F0} MB, "
            + $"peak of the process {ProcessMeter.PeakMemory:F0} MB ({before:F0} MB before the fit), "
            + $"{clock.Elapsed.TotalSeconds:F1} s for {passes} passes and the evaluation, explained part {model.ExplainedPart:F4}");
    }

    /// <summary>
    /// CPU time of a pass over a data view, reading included, against that of the same updates with the data in memory: minima of several rounds in turn.
    /// Processor time, because the wall clock of a shared machine counts the neighbours.
    /// </summary>
    public static void Throughput(Rows rows, int rank, double beta, int inner, int threads)
    {
        using var matrix = new Matrix<float>((int)rows.Count, rows.Features);
        var at = 0;
        foreach (var row in rows.All())
            row.Features.CopyTo(matrix.Row(at++));
        var (memory, one, many) = (double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity);
        for (var round = 0; round < Rounds; round++)
        {
            memory = Math.Min(memory, InMemory(matrix, rank, beta, inner, threads));
            one = Math.Min(one, CpuOf(1));
            many = Math.Min(many, CpuOf(1 + Passes));
        }

        // The start and the evaluation of both are the same.
        var stream = (many - one) / Passes;

        double CpuOf(int passes)
        {
            var cpu = ProcessMeter.CpuSeconds;
            Fit(rows, new OnlineNmfEstimator.Options
            {
                Rank = rank, Beta = beta, MaximumNumberOfPasses = passes, Tolerance = 0, NumberOfInnerIterations = inner, InnerTolerance = 0,
                NumberOfThreads = threads, Initialization = NmfInitialization.Random,
            });
            return ProcessMeter.CpuSeconds - cpu;
        }

        Console.WriteLine(
            $"throughput: rows {rows.Count}, features {rows.Features}, rank {rank}, beta {beta}, {inner} updates of H and one of W, {threads} threads: "
            + $"CPU in memory {memory:F3} s, stream {stream:F3} s, ratio {memory / stream:P0}, load {ProcessMeter.Load:F1}");
    }

    /// <summary>A fit to a file.</summary>
    public static void File(Rows rows, int rank, double beta, int passes)
    {
        var clock = Stopwatch.StartNew();
        var cpu = ProcessMeter.CpuSeconds;
        var model = Fit(rows, new OnlineNmfEstimator.Options { Rank = rank, Beta = beta, MaximumNumberOfPasses = passes, Tolerance = 0, Seed = 1 });
        foreach (var point in model.ObjectiveHistory)
            Console.WriteLine($"pass {point.Iteration}: {point.Elapsed.TotalSeconds:F2} s, averaged cost per entry {point.Objective / rows.Count / rows.Features:G6}");
        Console.WriteLine(
            $"file: {rows.Count} x {rows.Features}, rank {rank}, beta {beta}, {passes} passes: objective per entry {model.Objective / rows.Count / rows.Features:G6}, "
            + $"{model.ObjectiveHistory[^1].Elapsed.TotalSeconds:F2} s of passes, {clock.Elapsed.TotalSeconds:F2} s in all, "
            + $"{ProcessMeter.CpuSeconds - cpu:F2} s of CPU, peak {ProcessMeter.PeakMemory:F0} MB, load {ProcessMeter.Load:F1}");
    }

    private static double Megabytes(Rows rows) => rows.Count * rows.Features * (double)sizeof(float) / (1 << 20);

    private static NmfModelParameters Fit(Rows rows, OnlineNmfEstimator.Options options)
    {
        var context = new MLContext(seed: 1);
        (options.OutputColumnName, options.InputColumnName) = ("H", nameof(Row.Features));
        return context.Transforms.OnlineNonnegativeMatrixFactorization(options).Fit(rows.View(context)).Model;
    }

    // The least time of a pass in memory: inner updates of the activations, one of the dictionary, no objective.
    private static double InMemory(Matrix<float> matrix, int rank, double beta, int inner, int threads)
    {
        using var team = new WorkTeam(threads);
        using var pass = DivergencePass<float>.Create(matrix, rank, beta, team);
        using var w = Matrix<float>.FromRowMajor(Values(matrix.Columns * rank, 1), matrix.Columns, rank);
        using var h = Matrix<float>.FromRowMajor(Values(matrix.Rows * rank, 2), matrix.Rows, rank);
        using var productH = new Matrix<float>(matrix.Rows, rank);
        using var productW = new Matrix<float>(matrix.Columns, rank);
        using var gram = new Matrix<float>(rank, rank);
        var best = double.PositiveInfinity;
        for (var i = 0; i < Passes; i++)
        {
            var cpu = ProcessMeter.CpuSeconds;
            if (beta == 2)
                Sweep();
            else
                Multiply();
            best = Math.Min(best, ProcessMeter.CpuSeconds - cpu);
        }

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
