using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Where abundances start: simplices that several searches find compete in the subspace of the pixels. Each is fitted
/// for a few iterations with the volume weight that the noise gives (<see cref="SimplexFit"/>), and the best two until
/// the noise within the subspace, which spectral variability makes larger than that outside, has settled; the lowest
/// objective wins. This is done for pixels as they are and for pixels divided by their brightness.
/// </summary>
internal sealed class SceneStart
{
    private const int MostInSearch = 20_000;
    private const int MostInContest = 3000;
    private const int MostInFit = 12_000;
    private const int Draws = 3;
    private const int ContestIterations = 6;
    private const int Finalists = 2;
    private const int Rounds = 4;
    private const int RoundIterations = 10;

    // λ in units of N σ² for pixels as they are and for those divided by their brightness, found by the table of
    // docs/unmixing.md.
    private const double EvenFactor = 0.6;
    private const double ShadedFactor = 1;

    // Data whose smallest variance in the subspace is above this part of the noise fill all its directions.
    private const double Thick = 1.3;
    private const int MostVertices = 16;

    // A pixel darker than this part of the median has a direction that noise bends: searches are also made without.
    private static readonly double[] Darkest = [0, 0.1, 0.3, 0.6];

    private readonly SceneSubspace _scene;
    private readonly Matrix<double> _vertices;
    private readonly VolumeTerm _volume;

    private SceneStart(SceneSubspace scene, Matrix<double> vertices, VolumeTerm volume, bool isShaded)
        => (_scene, _vertices, _volume, IsShaded) = (scene, vertices, volume, isShaded);

    /// <summary>Whether pixels were divided by their brightness.</summary>
    public bool IsShaded { get; }

    /// <summary>The start of a fit, and what activations sum to; null where there is no subspace, it is too large for
    /// searches, or the pixels are no corners of a simplex.</summary>
    public static SceneStart? Create<T>(
        NmfData<T> data, int rank, AbundanceConstraint sum, int seed, WorkTeam team,
        CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (rank is < 2 or > MostVertices || data.Samples < 4 * rank || data.Features <= rank
            || data.SumOfSquares == 0 || sum == AbundanceConstraint.SumToAtMostOne)
        {
            return null;
        }

        var scene = SceneSubspace.Of(data, rank, seed, team, cancellationToken);
        var isShaded = sum == AbundanceConstraint.Shaded;
        if (sum == AbundanceConstraint.Auto && !data.IsSparse)
        {
            var (_, variances, _) = SmallMatrices.PrincipalDirections(
                scene.Points, [.. Enumerable.Range(0, scene.Points.Rows)]);
            isShaded = variances[^1] > Thick * scene.Noise;
        }

        return isShaded ? Shaded(scene, seed, team, cancellationToken) : Even(scene, seed, team, cancellationToken);
    }

    /// <summary>Factors to start from, with the volume that the fit is to have.</summary>
    public NmfStart<T> ToStart<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (samples, rank) = (_scene.Points.Rows, _vertices.Columns);
        var h = new Matrix<T>(samples, rank);
        for (var n = 0; n < samples; n++)
            h.Row(n).Fill(T.One / T.CreateChecked(rank));
        return new NmfStart<T>(_scene.Spectra<T>(_vertices), h) { Volume = _volume };
    }

    /// <summary>The best simplex of the pixels as they are.</summary>
    private static SceneStart? Even(
        SceneSubspace scene, int seed, WorkTeam team, CancellationToken cancellationToken)
    {
        var weights = new double[scene.Points.Rows];
        Array.Fill(weights, 1);
        return Contest(scene, null, weights, scene.Noise, EvenFactor, seed, team, cancellationToken);
    }

    /// <summary>The best simplex of the pixels divided by their brightness.</summary>
    private static SceneStart? Shaded(
        SceneSubspace scene, int seed, WorkTeam team, CancellationToken cancellationToken)
    {
        var (plane, brightness) = scene.Project();
        var weights = ShadedScene<double>.Weights(brightness);
        double noise = 0;
        for (var n = 0; n < weights.Length; n++)
            noise += scene.Noise * weights[n] / (brightness[n] * brightness[n]) / weights.Length;
        return Contest(plane, brightness, weights, noise, ShadedFactor, seed, team, cancellationToken);
    }

    private static SceneStart? Contest(
        SceneSubspace scene, double[]? brightness, double[] weights, double noise, double factor, int seed,
        WorkTeam team, CancellationToken cancellationToken)
    {
        var (points, rank) = (scene.Points, scene.Points.Columns);
        int[] all = [.. Enumerable.Range(0, points.Rows)];
        double[] darkest = brightness is null ? [0] : Darkest;
        var searched = Part(all, MostInSearch);
        var median = brightness?.Order().ElementAt(brightness.Length / 2) ?? 0;
        var candidates = new List<Matrix<double>>();
        for (var i = 0; i < darkest.Length; i++)
        {
            var least = darkest[i] * median;
            var rows = least == 0 ? searched : Array.FindAll(searched, n => brightness![n] > least);
            cancellationToken.ThrowIfCancellationRequested();
            if (rows.Length > rank)
                candidates.AddRange(new SimplexSearch(points, rows, rank).Run(
                    new CounterRandom(seed, i), Draws, cancellationToken)
                    .Select(picked => Columns(points, picked)));
        }

        // Pixels that are all the same, or of fewer materials than asked for, have none.
        if (candidates.Count == 0)
            return null;
        var contest = new SimplexFit(points, weights, Part(all, MostInContest), rank, team);
        var best = candidates.Select(start =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            contest.Run(start, noise, factor, ContestIterations);
            return (Objective: contest.Objective(contest.Vertices, contest.Residual, noise, factor), contest.Vertices);
        }).Where(result => double.IsFinite(result.Objective))
            .OrderBy(result => result.Objective).Take(Finalists).ToArray();
        var fit = new SimplexFit(points, weights, Part(all, MostInFit), rank, team);
        var finals = Array.ConvertAll(best, result =>
        {
            var inside = noise;
            fit.Run(result.Vertices, noise, factor, 0);
            for (var round = 0; round < Rounds; round++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                inside = Math.Max(noise, fit.NoiseInside);
                fit.Run(fit.Vertices, inside, factor, RoundIterations);
            }

            return (Noise: inside, fit.Vertices, fit.Residual);
        });
        finals = Array.FindAll(finals, result => double.IsFinite(result.Noise + result.Residual));
        if (finals.Length == 0)
            return null;
        var quietest = finals.Min(result => result.Noise);
        var winner = finals.MinBy(result => fit.Objective(result.Vertices, result.Residual, quietest, factor));
        return new SceneStart(
            scene, winner.Vertices, fit.Volume(factor * winner.Noise * points.Rows), brightness is not null);
    }

    private static int[] Part(int[] rows, int most)
    {
        var step = (rows.Length + most - 1) / most;
        return step <= 1 ? rows : Array.FindAll(rows, n => n % step == 0);
    }

    private static Matrix<double> Columns(Matrix<double> points, int[] picked)
    {
        var vertices = new Matrix<double>(points.Columns, picked.Length);
        for (var k = 0; k < picked.Length; k++)
        {
            for (var d = 0; d < vertices.Rows; d++)
                vertices[d, k] = points[picked[k], d];
        }

        return vertices;
    }
}
