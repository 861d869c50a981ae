using System.Diagnostics;
using System.Numerics;
using Nmf.Kernels;

namespace Nmf.Benchmarks;

/// <summary>
/// Milliseconds of a sweep over all factors of a dense 200 x 200 x 200 tensor of rank 20, beside
/// <c>tests/goldens/make_tensor_goldens.py --time</c>, and of sparse tensors with more and more non-zeros.
/// </summary>
internal static class TensorRates
{
    private const int Rank = 20;

    public static void Print()
    {
        Dense<double>();
        Dense<float>();
        foreach (var beta in new[] { 2.0, 1 })
        {
            foreach (var count in new[] { 250_000, 500_000, 1_000_000, 2_000_000 })
                Sparse(count, beta);
        }
    }

    private static void Dense<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new Random(1);
        var values = new T[200 * 200 * 200];
        foreach (ref var value in values.AsSpan())
            value = T.CreateChecked(random.NextDouble());
        var data = NmfTensor<T>.FromDense(values, [200, 200, 200]);
        foreach (var (name, solver, beta) in new[]
        {
            ("beta 2, HALS", NmfSolver.Hals, 2.0),
            ("beta 2, the default", NmfSolver.Auto, 2.0),
            ("beta 1, multiplicative", NmfSolver.MultiplicativeUpdate, 1.0),
            ("beta 1, the default", NmfSolver.Auto, 1.0),
        })
        {
            foreach (var threads in new[] { 1, 2 })
                Console.WriteLine(
                    $"{typeof(T).Name}, {name}, {threads} threads: "
                    + $"{Median(data, solver, beta, threads):F1} ms per sweep");
        }
    }

    private static void Sparse(int count, double beta)
    {
        var random = new Random(1);
        int[] shape = [20_000, 10_000, 500];
        var places = new HashSet<(int, int, int)>();
        while (places.Count < count)
            places.Add((random.Next(shape[0]), random.Next(shape[1]), random.Next(shape[2])));
        var data = NmfTensor<float>.FromCoordinates(
            [.. places.SelectMany(place => new[] { place.Item1, place.Item2, place.Item3 })],
            [.. places.Select(_ => 1 + random.NextSingle())], shape);
        Console.WriteLine(
            $"{count} non-zeros, Single, beta {beta}, the default, 2 threads: "
            + $"{Median(data, NmfSolver.Auto, beta, 2):F1} ms per sweep");
    }

    private static double Median<T>(NmfTensor<T> data, NmfSolver solver, double beta, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var team = new WorkTeam(threads);
        var model = CpSolver<T>.Create(
            data, new TensorNmfOptions { Rank = Rank, Beta = beta, Solver = solver },
            TensorStart.Random<T>([.. data.Shape], Rank, data.Mean, 1, 0), team);
        var times = new double[7];
        model.Step();
        for (var i = 0; i < times.Length; i++)
        {
            var began = Stopwatch.GetTimestamp();
            model.Step();
            times[i] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        }

        Array.Sort(times);
        return times[times.Length / 2];
    }
}
