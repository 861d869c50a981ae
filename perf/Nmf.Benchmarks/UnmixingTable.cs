using System.Globalization;
using Nmf.Kernels;

namespace Nmf.Benchmarks;

/// <summary>The default unmixing beside VCA with constrained least squares, over many scenes.</summary>
internal static class UnmixingTable
{
    public static void Print(string[] arguments)
    {
        var library = LibraryScene.Library()
            ?? throw new FileNotFoundException("shared/data/hyperspectral/usgs_library is not beside the repository.");
        var part = arguments.Contains("held") ? 1 : 0;
        var seeds = int.Parse(arguments.FirstOrDefault(a => a.All(char.IsDigit)) ?? "20", CultureInfo.InvariantCulture);
        foreach (var (shaded, variability) in new[] { (true, 0.03), (false, 0), (true, 0), (false, 0.03) })
        {
            Console.WriteLine(FormattableString.Invariant($"shaded {shaded}, variability {variability}"));
            var rows = new List<double[]>();
            for (var seed = 1; seed <= seeds; seed++)
            {
                var scene = LibraryScene.Create(library, seed, shaded, variability, part);
                var row = Row(scene);
                rows.Add(row);
                if (arguments.Contains("all"))
                    Console.WriteLine($"{seed,3} {scene.Rank} " + Text(row));
            }

            Console.WriteLine(
                "mean  " + Text([.. Enumerable.Range(0, rows[0].Length).Select(i => rows.Average(r => r[i]))]));
        }
    }

    private static string Text(double[] row)
        => string.Join(" ", row.Select(x => x.ToString("F4", CultureInfo.InvariantCulture)));

    private static double[] Row(LibraryScene scene)
    {
        using var team = new WorkTeam(2);
        var data = NmfData<float>.FromMatrix(scene.Pixels);
        var (vertices, mixed) = scene.VertexComponents(team);
        var reference = scene.Score(vertices, mixed);
        var model = NmfFactorizer.Fit(data, new NmfOptions { Rank = scene.Rank, Problem = new AbundanceNmf() });
        var found = scene.Score(model.Dictionary, model.Activations);
        var isShaded = ((AbundanceNmf)model.Options.Problem).Sum == AbundanceConstraint.Shaded;

        // What the true spectra give, pixel by pixel, with the constraint that the scene has.
        var oracle = new AbundanceNmf
        {
            Sum = scene.Light.Min() < 1 ? AbundanceConstraint.Shaded : AbundanceConstraint.SumToOne,
        }.CreateRowSolver(scene.Spectra, new InferenceOptions());
        var best = new Matrix<float>(data.Samples, scene.Rank);
        oracle.SolveAll(scene.Pixels, best, team, CancellationToken.None);
        return [reference.Angle, reference.Error, found.Angle, found.Error, scene.Score(scene.Spectra, best).Error,
            isShaded ? 1 : 0, model.Report.Iterations];
    }
}
