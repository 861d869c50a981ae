using System.Text.Json;
using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>The problem of make_sparse_unmixing_goldens.py, from the same random numbers.</summary>
internal sealed class LibraryProblem
{
    public const int Bands = 24;
    public const int Spectra = 16;
    public const int Width = 8;
    public const int Pixels = 48;

    internal sealed record Case(
        ulong Seed, double Sum, double[] Pixels, double[] Picture, double Objective, double[] Smooth,
        double SmoothObjective);

    private sealed record Goldens(Case[] Cases);

    public static IReadOnlyList<Case> Cases { get; } = JsonSerializer.Deserialize<Goldens>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "sparse-unmixing.json")),
        JsonSerializerOptions.Web)!.Cases;

    public LibraryProblem(ulong seed)
    {
        double Uniform()
        {
            seed = unchecked((6364136223846793005 * seed) + 1442695040888963407);
            return ((seed >> 11) + 0.5) / (1L << 53);
        }

        Library = new Matrix<double>(Bands, Spectra);
        for (var f = 0; f < Bands; f++)
        {
            for (var m = 0; m < Spectra; m++)
                Library[f, m] = 0.5 + (0.5 * Uniform());
        }

        var shares = new double[3, Pixels];
        for (var k = 0; k < 3; k++)
        {
            for (var n = 0; n < Pixels; n++)
                shares[k, n] = Uniform();
        }

        Values = new double[Pixels * Bands];
        for (var n = 0; n < Pixels; n++)
        {
            var sum = shares[0, n] + shares[1, n] + shares[2, n];
            for (var f = 0; f < Bands; f++)
            {
                Values[(n * Bands) + f] = ((shares[0, n] * Library[f, 2]) + (shares[1, n] * Library[f, 7])
                    + (shares[2, n] * Library[f, 11])) / sum;
            }

            for (var f = 0; f < Bands; f++)
                Values[(n * Bands) + f] += 0.05 * Uniform();
        }
    }

    public Matrix<double> Library { get; }

    public double[] Values { get; }

    public NmfData<double> Data => NmfData<double>.FromDense(Values, Pixels, Bands);

    public KnownComponents Components => KnownComponents.FromDictionary(Library);
}
