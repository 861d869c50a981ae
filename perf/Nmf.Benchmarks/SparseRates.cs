using System.Diagnostics;
using System.Runtime.InteropServices;
using Nmf.Kernels;

namespace Nmf.Benchmarks;

/// <summary>
/// Time of the two halves of a multiplicative KL iteration on sparse counts, on one thread and on two; with a folder
/// the counts are written there as the C loop of the peer scripts reads them, so that both can be run in turn.
/// </summary>
internal static unsafe class SparseRates
{
    private const int Samples = 30_991;
    private const int Features = 15_276;
    private const int NonZeros = 4_500_000;
    private const int Rounds = 40;

    public static void Print(int rank, string? folder)
    {
        var data = ZipfCounts.Generate(Samples, Features, NonZeros, seed: 1);
        if (folder is not null)
            Write(data, folder);
        foreach (var threads in new[] { 1, 2 })
        {
            using var team = new WorkTeam(threads);
            var transposed = data.Transpose(team);
            var w = RandomFactor.Create(Features, rank, seed: 2);
            var h = RandomFactor.Create(Samples, rank, seed: 3);
            var pass = DivergencePass<float>.Create(data, transposed, rank, 1, team);
            var (rows, columns) = (double.PositiveInfinity, double.PositiveInfinity);
            for (var round = 0; round < Rounds; round++)
            {
                rows = double.Min(rows, Seconds(() => pass.UpdateActivations(w, h, 1)));
                columns = double.Min(columns, Seconds(() => pass.UpdateDictionary(w, h, 1)));
            }

            Console.WriteLine(
                $"sparse KL, {data.NonZeros} non-zeros, K = {rank}, {threads} thread(s): "
                + $"activations {1e3 * rows:F2} ms, "
                + $"dictionary {1e3 * columns:F2} ms, both {1e3 * (rows + columns):F2} ms");
        }
    }

    private static double Seconds(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static void Write(SparseMatrix<float> data, string folder)
    {
        Directory.CreateDirectory(folder);
        Write("indptr.i64", new ReadOnlySpan<long>(data.RowStarts, data.Rows + 1));
        Write("indices.i32", new ReadOnlySpan<int>(data.ColumnIndices, (int)data.NonZeros));
        Write("values.f32", new ReadOnlySpan<float>(data.Values, (int)data.NonZeros));
        GC.KeepAlive(data);

        void Write<T>(string name, ReadOnlySpan<T> values)
            where T : unmanaged
        {
            using var file = File.Create(Path.Combine(folder, name));
            file.Write(MemoryMarshal.AsBytes(values));
        }
    }
}
