using System.Globalization;
using Nmf.Kernels;

namespace Nmf.Benchmarks;

/// <summary>Unmixing with a library: weights of the penalties beside plain nonnegative least squares.</summary>
internal static class SparseUnmixingTable
{
    public static void Print(string[] arguments)
    {
        var spectra = LibraryScene.Library()
            ?? throw new FileNotFoundException("shared/data/hyperspectral/usgs_library is not beside the repository.");
        var seeds = int.Parse(arguments.FirstOrDefault() ?? "12", CultureInfo.InvariantCulture);
        if (arguments.Contains("varied"))
        {
            PrintVaried(spectra, seeds);
            return;
        }

        var rows = new Dictionary<string, List<double[]>>();
        for (var seed = 1; seed <= seeds; seed++)
        {
            var scene = SparseScene.Create(spectra, seed, size: 100 * ((seed % 3) + 1));
            var data = NmfData<float>.FromMatrix(scene.Pixels);
            Add("least squares", data, scene, null);
            foreach (var weight in new[] { 0.03, 0.1, 0.3 })
                Add($"picture {weight}", data, scene, new() { Weight = weight });
            Add("picture, plain 0.03", data, scene, new() { Weight = 0.03, WeightsBySubspace = false });
            foreach (var weight in new[] { 0.03, 0.1, 0.3 })
                Add($"pixel {weight}", data, scene, new() { Sparsity = LibrarySparsity.Pixel, Weight = weight });
            Add("pixel, plain 0.03", data, scene, new()
            {
                Sparsity = LibrarySparsity.Pixel, Weight = 0.03, WeightsBySubspace = false,
            });
        }

        foreach (var (name, list) in rows)
            Console.WriteLine($"{name,-20} " + string.Join(" ", Enumerable.Range(0, list[0].Length).Select(
                i => list.Average(row => row[i]).ToString("F4", CultureInfo.InvariantCulture))));

        void Add(string name, NmfData<float> data, SparseScene scene, SparseUnmixingOptions? options)
        {
            if (!rows.TryGetValue(name, out var list))
                rows.Add(name, list = []);
            list.Add(Row(data, scene, options));
        }
    }

    // Scenes with a dark material, changing light and spectra that vary, in a library of 249: number of spectra that
    // are selected, and part of the true ones among them.
    private static void PrintVaried(Matrix<float> spectra, int seeds)
    {
        int[] own = [.. Enumerable.Range(0, spectra.Columns).Where(m => m % 2 == 0)];
        var library = KnownComponents.FromColumns(
            [.. own.Select(m => Enumerable.Range(0, spectra.Rows).Select(f => spectra[f, m]).ToArray())]);
        foreach (var (shaded, variability) in new[] { (false, 0.0), (true, 0), (false, 0.03), (true, 0.03) })
        {
            var (count, found) = (0.0, 0.0);
            for (var seed = 1; seed <= seeds; seed++)
            {
                var scene = LibraryScene.Create(spectra, seed, shaded, variability, part: 0);
                var result = SparseUnmixing.Fit(NmfData<float>.FromMatrix(scene.Pixels), library);
                int[] chosen = [.. Enumerable.Range(0, scene.Rank).Select(k => Array.FindIndex(
                    own, m => Enumerable.Range(0, spectra.Rows).All(f => spectra[f, m] == scene.Spectra[f, k])))];
                count += result.Spectra.Count / (double)seeds;
                found += chosen.Count(m => result.Spectra.Any(s => s.Index == m)) / (double)(seeds * chosen.Length);
            }

            Console.WriteLine(FormattableString.Invariant(
                $"light {(shaded ? "0.3 to 1" : "even")}, variability {variability}: {count:F1} spectra, {found:F2}"));
        }
    }

    // Error, number of spectra, part of the true ones among them, whether they are those and no others; iterations and
    // seconds.
    private static double[] Row(NmfData<float> data, SparseScene scene, SparseUnmixingOptions? options)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        if (options is null)
        {
            using var team = new WorkTeam(2);
            var h = new Matrix<float>(data.Samples, scene.Library.Count);
            new AbundanceNmf { Sum = AbundanceConstraint.Nonnegative }
                .CreateRowSolver(Single(scene.Library), new InferenceOptions())
                .SolveAll(data.Dense!, h, team, CancellationToken.None);
            return [scene.Error([.. Enumerable.Range(0, h.Columns)], h), h.Columns, 1, 0, 0,
                watch.Elapsed.TotalSeconds];
        }

        var found = SparseUnmixing.Fit(data, scene.Library, options);
        int[] present = [.. found.Spectra.Where(s => s.Pixels > 0).Select(s => s.Index)];
        return [scene.Error([.. found.Spectra.Select(s => s.Index)], found.Model.Activations), present.Length,
            scene.Chosen.Count(present.Contains) / (double)scene.Chosen.Length,
            present.SequenceEqual(scene.Chosen) ? 1 : 0, found.Model.Report.Iterations, watch.Elapsed.TotalSeconds];
    }

    private static Matrix<float> Single(KnownComponents library)
    {
        var dictionary = new Matrix<float>(library.Features, library.Count);
        for (var m = 0; m < library.Count; m++)
        {
            for (var f = 0; f < library.Features; f++)
                dictionary[f, m] = (float)library.Column(m)[f];
        }

        return dictionary;
    }
}
