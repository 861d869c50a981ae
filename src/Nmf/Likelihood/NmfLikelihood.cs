using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// A factorisation read as a distribution of data: how likely data are, how much they vary around their mean, and what
/// else they could have been. Nothing here depends on the number of threads.
/// </summary>
public static class NmfLikelihood
{
    // Enough for a dispersion to three digits.
    private const int EntriesOfEstimate = 1 << 16;

    /// <summary>How likely the training data are under their model.</summary>
    /// <param name="model">A fit of the data, with its activations.</param>
    /// <param name="data">The data of the fit, samples x features; missing entries are left out.</param>
    /// <param name="noise">The noise. A dispersion that is not known is the one with the largest likelihood.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="ArgumentException">The shapes do not match, data have weights, or the noise cannot have one of
    /// the values (<see cref="NmfDataException"/>).</exception>
    public static LikelihoodResult Of<T>(
        NmfModel<T> model, NmfData<T> data, NoiseModel noise, CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(model);
        return Of(data, model.Dictionary, model.Activations, noise, model.Options.Threads, cancellationToken);
    }

    /// <summary>How likely data are under factors that were fitted to them.</summary>
    /// <param name="data">V, samples x features; missing entries are left out.</param>
    /// <param name="dictionary">W, features x rank.</param>
    /// <param name="activations">H, samples x rank.</param>
    /// <param name="noise">The noise. A dispersion that is not known is the one with the largest likelihood, found from
    /// at most 65,536 entries that are drawn.</param>
    /// <param name="threads">Number of threads, or null for one per processor.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <remarks>Takes O(N F K) time and memory of the size of a row for each thread; of sparse data, all of whose zeros
    /// were observed, O(K) for each stored entry under Poisson and multinomial noise, where the sum of the means says
    /// how likely zeros are. Other noise needs the mean of every zero. A mean of zero where the datum is positive makes
    /// the likelihood zero: fits end with none, new data may meet one.</remarks>
    /// <inheritdoc cref="Of{T}(NmfModel{T}, NmfData{T}, NoiseModel, CancellationToken)"/>
    public static LikelihoodResult Of<T>(
        NmfData<T> data, Matrix<T> dictionary, Matrix<T> activations, NoiseModel noise, int? threads = null,
        CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Require(data, dictionary, activations, noise);
        using var team = new WorkTeam(Threads(threads));
        var known = noise.Dispersion is null
            ? Largest((EntryNoiseModel)noise, Drawn(data, dictionary, activations, team, cancellationToken))
            : noise;
        long rank = dictionary.Columns;
        var parameters = noise is MultinomialNoise
            ? (rank * (data.Features - 1L)) + (data.Samples * (rank - 1))
            : (rank * ((long)data.Features + data.Samples - 1)) + (noise.Dispersion is null ? 1 : 0);
        if (data.IsSparse && !data.HasMissingEntries && known.SumsZeros)
            return new StoredLikelihood<T>(data, dictionary, activations, known, cancellationToken)
                .Run(parameters, team);
        return Judge(
            data.Samples, dictionary, activations, data.CopyObserved, known, parameters, team, cancellationToken);
    }

    /// <summary>
    /// How likely samples are that the model has not seen, fairly: of every sample half of the entries, drawn by the
    /// seed, give its activations, and the other half is judged.
    /// </summary>
    /// <param name="model">A model.</param>
    /// <param name="data">Samples that the fit did not see, with its features.</param>
    /// <param name="noise">The noise, with its dispersion: that of the training data
    /// (<see cref="Estimate{T, TNoise}"/>).</param>
    /// <param name="seed">Which entries are judged.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <remarks>Where the noise is multiplicative or of counts a single mean of zero for a positive datum would decide
    /// everything, so means are clipped from below at a thousandth of the mean of what was seen, as in
    /// <see cref="RankCrossValidation"/>. Takes dense copies of sparse data.</remarks>
    /// <exception cref="InvalidOperationException">The dispersion is not known.</exception>
    /// <inheritdoc cref="Of{T}(NmfModel{T}, NmfData{T}, NoiseModel, CancellationToken)"/>
    public static LikelihoodResult OfNewSamples<T>(
        NmfModel<T> model, NmfData<T> data, NoiseModel noise, int seed = 0,
        CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(noise);
        RequireDispersion(noise);
        RequirePossible(data, noise);
        var halves = new HeldOutEntries<T>(data, new CounterRandom(seed, RandomStreams.CompletedEntries), 0, 0.5);
        if (halves.Entries == 0)
            throw new ArgumentException(
                $"No entry was drawn to be judged: the data have only {data.ObservedEntries}.", nameof(data));
        var activations = model.Transform(halves.Training, cancellationToken);
        using var team = new WorkTeam(Threads(model.Options.Threads));
        var floor = noise is GaussianNoise ? 0 : HeldOutFloor * halves.Training.Mean;
        return Judge(
            data.Samples, model.Dictionary, activations, halves.CopyHeldOut, noise, null, team, cancellationToken,
            floor);
    }

    /// <summary>The noise with the dispersion that the residuals say: the one with the largest likelihood, times n / (n
    /// - P) for the P parameters of the factors; of counts the one with which their variance is that of the residuals,
    /// squared and times as much. n is the number of observed entries, of which at most half are taken to be used
    /// up.</summary>
    /// <param name="data">V, samples x features.</param>
    /// <param name="dictionary">W, features x rank.</param>
    /// <param name="activations">H, samples x rank.</param>
    /// <param name="noise">The noise; a dispersion that it has is replaced.</param>
    /// <param name="threads">Number of threads, or null for one per processor.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <inheritdoc cref="Of{T}(NmfModel{T}, NmfData{T}, NoiseModel, CancellationToken)"/>
    public static TNoise Estimate<T, TNoise>(
        NmfData<T> data, Matrix<T> dictionary, Matrix<T> activations, TNoise noise, int? threads = null,
        CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TNoise : NoiseModel
    {
        Require(data, dictionary, activations, noise);
        if (!noise.HasFreeDispersion)
            return noise;
        using var team = new WorkTeam(Threads(threads));
        var (entries, means) = Drawn(data, dictionary, activations, team, cancellationToken);
        var model = (EntryNoiseModel)(NoiseModel)noise;
        var largest = model.Estimate(entries, means).Dispersion!.Value;
        double n = data.ObservedEntries;
        var used = Math.Min(dictionary.Columns * ((double)data.Features + data.Samples - 1), n / 2);
        return (TNoise)noise.With(model.Corrected(largest, entries, means, n / (n - used)));
    }

    internal const double HeldOutFloor = 1e-3;

    internal static int Threads(int? threads)
    {
        Option.RequirePositive(threads, "number of threads");
        return threads ?? Environment.ProcessorCount;
    }

    internal static void RequireDispersion(NoiseModel noise)
    {
        if (noise.Dispersion is null)
        {
            throw new InvalidOperationException(
                $"The dispersion of {noise.InWords} is not known. Give one, or let {nameof(Estimate)} find it from the "
                + "data of the fit.");
        }
    }

    internal static void Require<T>(
        NmfData<T> data, Matrix<T> dictionary, Matrix<T> activations, NoiseModel noise)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(dictionary);
        ArgumentNullException.ThrowIfNull(activations);
        ArgumentNullException.ThrowIfNull(noise);
        if (dictionary.Rows != data.Features || activations.Rows != data.Samples
            || dictionary.Columns != activations.Columns)
        {
            throw new ArgumentException(
                $"Data of {data.Samples} samples x {data.Features} features do not go with a dictionary of "
                + $"{dictionary.Rows} x {dictionary.Columns} and activations of {activations.Rows} x "
                + $"{activations.Columns}.");
        }

        RequirePossible(data, noise);
    }

    internal static void RequirePossible<T>(NmfData<T> data, NoiseModel noise)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (data.HasWeights)
            throw new ArgumentException(
                "A likelihood of data with weights is none: weights say what counts, not how often it was seen. "
                + "Use data without weights.", nameof(data));
        if (FirstObjection(data, noise) is { } first)
        {
            throw new NmfDataException(
                $"The entry at sample {first.Sample}, feature {first.Feature} is {first.Value:R}. Under "
                + $"{noise.InWords} it cannot be: it {first.Why}.", first.Sample, first.Feature, first.Value);
        }
    }

    /// <summary>The first entry that the noise cannot have.</summary>
    internal static (int Sample, int Feature, double Value, string Why)? FirstObjection<T>(
        NmfData<T> data, NoiseModel noise)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (data.IsSparse && !data.HasMissingEntries && noise.Objection(0) is null)
            return FirstStoredObjection(data, noise);
        var row = new T[data.Features];
        for (var n = 0; n < data.Samples; n++)
        {
            Array.Fill(row, T.NaN);
            data.CopyObserved(n, row);
            for (var f = 0; f < row.Length; f++)
            {
                var value = double.CreateTruncating(row[f]);
                if (!double.IsNaN(value) && noise.Objection(value) is { } why)
                    return (n, f, value, why);
            }
        }

        return null;
    }

    private static (int Sample, int Feature, double Value, string Why)? FirstStoredObjection<T>(
        NmfData<T> data, NoiseModel noise)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var n = 0; n < data.Samples; n++)
        {
            ReadOnlySpan<T> values = data.Sparse!.RowValues(n);
            for (var j = 0; j < values.Length; j++)
            {
                var value = double.CreateTruncating(values[j]);
                if (noise.Objection(value) is { } why)
                    return (n, data.Sparse.RowIndices(n)[j], value, why);
            }
        }

        return null;
    }

    private static LikelihoodResult Judge<T>(
        int samples, Matrix<T> dictionary, Matrix<T> activations, SampleVisit<T>.Copy copy, NoiseModel noise,
        long? parameters, WorkTeam team, CancellationToken cancellationToken, double floor = 0)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var logs = new double[samples];
        var units = new (double LogProbability, double Units)[samples];
        var counts = new int[samples];
        new SampleVisit<T>(samples, dictionary, activations, copy, (n, data, means) =>
        {
            var clipped = floor > 0 ? means.ToArray() : null;
            for (var f = 0; clipped is not null && f < clipped.Length; f++)
                clipped[f] = Math.Max(floor, clipped[f]);
            var used = clipped ?? means;
            logs[n] = noise.LogDensity(data, used);
            units[n] = noise.OfUnits(data, used, logs[n]);
            foreach (var value in data)
                counts[n] += double.IsNaN(value) ? 0 : 1;
        }, cancellationToken).Run(team);
        return new LikelihoodResult(
            noise, logs, counts.Sum(c => (long)c), units.Sum(u => u.LogProbability), units.Sum(u => u.Units),
            parameters);
    }

    private static EntryNoiseModel Largest(EntryNoiseModel noise, (double[] Data, double[] Means) entries)
        => noise.Estimate(entries.Data, entries.Means);

    // Entries beside what was fitted to them, enough to find a dispersion.
    private static (double[] Data, double[] Means) Drawn<T>(
        NmfData<T> data, Matrix<T> dictionary, Matrix<T> activations, WorkTeam team,
        CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var part = (double)EntriesOfEstimate / data.ObservedEntries;
        var random = new CounterRandom(0, RandomStreams.DispersionEntries);
        var drawn = new (List<double> Data, List<double> Means)[data.Samples];
        new SampleVisit<T>(data.Samples, dictionary, activations, data.CopyObserved, (n, row, means) =>
        {
            drawn[n] = ([], []);
            for (var f = 0; f < row.Length; f++)
            {
                if (double.IsNaN(row[f]) || (part < 1 && random.Uniform(((long)n * row.Length) + f) >= part))
                    continue;
                drawn[n].Data.Add(row[f]);
                drawn[n].Means.Add(means[f]);
            }
        }, cancellationToken).Run(team);
        return ([.. drawn.SelectMany(d => d.Data)], [.. drawn.SelectMany(d => d.Means)]);
    }
}
