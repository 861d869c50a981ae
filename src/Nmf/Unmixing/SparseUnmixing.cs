using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Unmixing with a library: of hundreds of spectra that are known, few are in a picture and fewer in a pixel. Minimises
/// <c>½‖Y - A X‖² + λ P(X)</c> over X ≥ 0, A being the library, bands x spectra, and P the penalty that
/// <see cref="LibrarySparsity"/> says. Sources there.
/// </summary>
public static class SparseUnmixing
{
    // An abundance below this does not make a spectrum present in a pixel.
    private const double LeastAbundance = 0.01;

    // So many times the limit to which eigenvalues of white noise go.
    private const double AboveNoise = 1.05;
    private const double LeastWeight = 1e-3;

    /// <summary>Selects spectra and finds their abundances.</summary>
    /// <param name="data">Pixels x bands, complete and without weights, more pixels than bands (the noise is that of
    /// <see cref="HySime"/>).</param>
    /// <param name="library">Spectra over the same bands, in the unit of the pixels.</param>
    /// <param name="options">How to choose, or null for the default.</param>
    /// <param name="progress">Told the objective of the collaborative regression, on the calling thread; or
    /// null.</param>
    /// <param name="cancellationToken">Looked at at every iteration and between pixels.</param>
    /// <remarks>Collaborative regression is solved by the alternating direction method of multipliers on the Gram
    /// matrix of the spectra in play, to which those are added that violate the conditions of the optimum: pixels x
    /// (play)² operations for an iteration, and pixels x bands x spectra for each of the few rounds. Memory beside the
    /// data: four numbers for every pixel and spectrum in play. ℓ1 is exact (active sets), bands x spectra operations
    /// for a pixel and a few times spectra x present ones.</remarks>
    /// <exception cref="ArgumentException">An option is out of range, bands differ, data are incomplete or weighted, or
    /// too few; or the weight leaves no spectrum.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static LibraryModel<T> Fit<T>(
        NmfData<T> data, KnownComponents library, SparseUnmixingOptions? options = null,
        IProgress<FitProgress>? progress = null, CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(library);
        options ??= new();
        options.Validate();
        Option.Require(
            library.Features == data.Features, nameof(library),
            $"The spectra of the library have {library.Features} bands, but the data have {data.Features}.");
        using var team = new WorkTeam(options.Threads ?? Environment.ProcessorCount);
        var exponent = data.Mean > 0 ? FitUnit.ExponentOf(data, BetaDivergence.Euclidean) : 0;
        var inUnit = data.InUnit(new FitUnit(exponent, exponent), null);
        var spectra = library.ToDictionary();
        for (var f = 0; f < spectra.Rows; f++)
        {
            foreach (ref var value in spectra.Row(f))
                value = Math.ScaleB(value, -exponent);
        }

        var noise = HySime.Measure(inUnit, team, cancellationToken);
        var weights = Weights(noise, spectra, options.WeightsBySubspace);
        var lambda = options.Weight * Math.Sqrt(noise.Variances.Average());
        int[] selected = [.. Enumerable.Range(0, library.Count)];
        FitReport? report = null;
        RowPenalty? penalty = null;
        if (options.Sparsity == LibrarySparsity.Pixel)
        {
            penalty = new RowPenalty
            {
                Linear = Array.ConvertAll(weights, weight => Math.ScaleB(lambda * weight, 2 * exponent)),
            };
        }
        else
        {
            lambda *= Math.Sqrt(data.Samples);
            var regression = new CollaborativeRegression<T>(
                inUnit, spectra, Array.ConvertAll(weights, weight => lambda * weight), team, cancellationToken);
            report = regression.Run(
                options.Tolerance, options.MaximumIterations, ScaledProgress.Of(progress, 2 * exponent))
                .With(objective => Math.ScaleB(objective, 2 * exponent), []);
            selected = regression.Present;
        }

        LibraryModel<T> Finished() => Finish(
            data, library, selected, options, Math.ScaleB(lambda, exponent), penalty, report, team, cancellationToken);
        var found = selected.Length == 0 ? null : Finished();

        // Of spectra that are the same, least squares without the penalty takes one.
        if (report is not null && found?.Spectra.Any(spectrum => spectrum.Abundance == 0) == true)
        {
            selected = [.. found.Spectra.Where(spectrum => spectrum.Abundance > 0).Select(spectrum => spectrum.Index)];
            found = selected.Length == 0 ? null : Finished();
        }

        Option.Require(
            found?.Spectra.Any(spectrum => spectrum.Abundance > 0) == true, nameof(options.Weight),
            $"With a weight of {options.Weight} no spectrum of the library is left: lower it.");
        return found!;
    }

    // The model of the spectra that are left, and where they are.
    private static LibraryModel<T> Finish<T>(
        NmfData<T> data, KnownComponents library, int[] selected, SparseUnmixingOptions options,
        double lambda, RowPenalty? penalty, FitReport? report, WorkTeam team,
        CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var problem = new AbundanceNmf { Sum = options.Sum };
        var spectra = library.ToDictionary();
        var dictionary = new Matrix<T>(spectra.Rows, selected.Length);
        for (var f = 0; f < spectra.Rows; f++)
        {
            for (var k = 0; k < selected.Length; k++)
            {
                var value = spectra[f, selected[k]];
                dictionary[f, k] = T.CreateSaturating(value);
                Option.Require(
                    T.IsFinite(dictionary[f, k]) && (value == 0 || dictionary[f, k] != T.Zero), nameof(library),
                    $"Spectrum {selected[k]} of the library has {value:R} in band {f}, which {typeof(T).Name} cannot "
                    + "hold.");
            }
        }

        var start = new NmfStart<T>(dictionary, new Matrix<T>(data.Samples, selected.Length));
        var unit = FitUnit.Of(data, problem, start);
        var model = NmfModel<T>.Create(
            data, data.InUnit(unit, problem.Entry), unit, new NmfOptions
            {
                Rank = selected.Length,
                Problem = problem,
                Solver = NmfSolver.Hals,
                Scale = ComponentScale.None,
                Threads = options.Threads,
            },
            unit.Apply(start), report ?? new FitReport([], 0, StopReason.Converged),
            new FittedTerms { Penalty = penalty }, team, cancellationToken, keepsOrder: true);
        if (report is null)
            model = model.With(new FitReport([new(0, model.Objective, default)], 0, StopReason.Converged));
        return new LibraryModel<T>(model, Present(model, library, selected), lambda);
    }

    /// <summary>Where the components of a model are, which are spectra of a library.</summary>
    internal static LibrarySpectrum[] Present<T>(NmfModel<T> model, KnownComponents library, int[] selected)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (abundance, pixels) = (new double[selected.Length], new int[selected.Length]);
        for (var n = 0; n < model.Activations.Rows; n++)
        {
            var row = model.Activations.Row(n);
            for (var k = 0; k < row.Length; k++)
            {
                var value = double.CreateTruncating(row[k]);
                abundance[k] += value;
                pixels[k] += value > LeastAbundance ? 1 : 0;
            }
        }

        return
        [
            .. selected.Select(
                (m, k) => new LibrarySpectrum(m, library.Names?[m] ?? $"Spectrum{m}", abundance[k], pixels[k])),
        ];
    }

    private static double[] Weights(BandNoise noise, Matrix<double> spectra, bool bySubspace)
    {
        var lengths = new double[spectra.Columns];
        for (var m = 0; m < lengths.Length; m++)
        {
            for (var f = 0; f < spectra.Rows; f++)
                lengths[m] += spectra[f, m] * spectra[f, m];
            lengths[m] = Math.Sqrt(lengths[m]);
        }

        if (!bySubspace)
            return [.. lengths.Select(_ => lengths.Average())];
        var (distances, dimension) = noise.DistancesFromSignal(spectra, AboveNoise);
        var reference = Math.Max(
            distances.Order().ElementAt(Math.Clamp(dimension, 1, distances.Length) - 1), double.Epsilon);
        return [.. distances.Select((distance, m) => lengths[m] * Math.Max(LeastWeight, distance / reference))];
    }
}
