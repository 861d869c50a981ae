using Microsoft.ML.Transforms;
using Nmf;
using Nmf.Kernels;

namespace Anomalies;

/// <summary>How well one way of scoring does.</summary>
/// <param name="Name">Name.</param>
/// <param name="Precision">Part of the highest scores, as many as there are damaged measurements,
/// that are damaged.</param>
/// <param name="Area">Area under the curve.</param>
/// <param name="Angle">Mean angle between the sounds of the machine and the components, in degrees.</param>
/// <param name="LoadError">Error of the loads of undamaged measurements, as a part of their size.</param>
internal sealed record Comparison(string Name, double Precision, double Area, double Angle, double LoadError);

/// <summary>Figures of merit of scores and of dictionaries.</summary>
internal static class Ranking
{
    public static Comparison Compare(
        string name, NmfModelParameters model, Spectrum[] spectra, float[] scores, IReadOnlyList<float[]> loads)
    {
        var truth = spectra.Select(spectrum => spectrum.IsAnomalous).ToArray();
        var sounds = ToMatrix(Machine.Sources, k => Machine.Sound(k));
        var components = ToMatrix(model.Rank, k => [.. model.GetComponent(k).ToArray().Select(w => (double)w)]);
        var matching = ComponentMatching.Match(sounds, components, ComponentDistance.SpectralAngle);
        return new Comparison(
            name, Precision(scores, truth, truth.Count(isAnomalous => isAnomalous)), Area(scores, truth),
            matching.MeanDistance * 180 / Math.PI, LoadError(spectra, loads, matching));
    }

    /// <summary>Part of the <paramref name="count"/> highest scores that are anomalous.</summary>
    public static double Precision(float[] scores, bool[] truth, int count)
        => Enumerable.Range(0, scores.Length)
            .OrderByDescending(n => scores[n]).Take(count).Count(n => truth[n]) / (double)count;

    /// <summary>Probability that an anomalous measurement has the higher score of the two; ties count half.</summary>
    public static double Area(float[] scores, bool[] truth)
    {
        var positive = scores.Where((_, n) => truth[n]).ToArray();
        var negative = scores.Where((_, n) => !truth[n]).ToArray();
        var above = positive.Sum(p => negative.Sum(q => p > q ? 1 : p == q ? 0.5 : 0));
        return above / (positive.Length * (double)negative.Length);
    }

    private static double LoadError(Spectrum[] spectra, IReadOnlyList<float[]> loads, ComponentMatching matching)
    {
        double error = 0, size = 0;
        foreach (var (spectrum, found) in spectra.Zip(loads).Where(pair => !pair.First.IsAnomalous))
        {
            for (var k = 0; k < Machine.Sources; k++)
            {
                error += Math.Pow(found[matching.ComponentOf[k]] - spectrum.Loads[k], 2);
                size += Math.Pow(spectrum.Loads[k], 2);
            }
        }

        return Math.Sqrt(error / size);
    }

    private static Matrix<double> ToMatrix(int columns, Func<int, double[]> column)
    {
        var matrix = new Matrix<double>(Spectrum.Bands, columns);
        for (var k = 0; k < columns; k++)
        {
            var values = column(k);
            for (var band = 0; band < values.Length; band++)
                matrix[band, k] = values[band];
        }

        return matrix;
    }
}
