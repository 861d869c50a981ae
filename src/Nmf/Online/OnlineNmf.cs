using System.Globalization;
using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// A dictionary that learns from batches as they come, for any β: each batch improves it once and is then forgotten but
/// for statistics of the dictionary's size. A model can be taken from it at any time, and it can start from one.
/// </summary>
/// <remarks>
/// <para>Learning the same batch twice is not the same as learning it once: it counts twice, and for the second time
/// from the dictionary that it has made. The order of the batches matters; batches should be random samples of the
/// stream, not sorted by what is in them.</para>
/// <para>Memory: about 24 bytes per entry of the dictionary, and the activations of one batch twice. A batch costs
/// <see cref="BatchLearning.InnerIterations"/> updates of its activations at most and one of the dictionary. The
/// result does not depend on the number of threads. Not thread-safe.</para>
/// <para>Lefèvre, Bach and Févotte 2011 (β = 0); Mairal, Bach, Ponce and Sapiro 2010 (β = 2).</para>
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
public sealed partial class OnlineNmf<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const string Content = "online learner";

    private readonly WorkTeam _team;
    private readonly StreamUnit<T> _unit;
    private OnlineStep<T>? _step;
    private double _lastCost;

    /// <summary>Begins with nothing, or with a dictionary.</summary>
    /// <param name="options">What to learn and how.</param>
    /// <param name="dictionary">Dictionary to start from, features x rank, nonnegative (copied), or null to make one
    /// from the first batch. With the first batch its zeros are raised, and components that add nothing are
    /// replaced: see <see cref="NmfStart{T}"/>.</param>
    /// <exception cref="ArgumentException">An option is out of range, the rank of the dictionary differs, or all of it
    /// is zero.</exception>
    /// <exception cref="NmfDataException">An entry of the dictionary is negative, NaN or infinite.</exception>
    public OnlineNmf(OnlineNmfOptions options, Matrix<T>? dictionary = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Options = options;
        if (dictionary is not null)
            RequireStart(dictionary, options);
        _team = new WorkTeam(options.Threads ?? Environment.ProcessorCount);
        _unit = new StreamUnit<T>(options.Beta);
        _request = new ShardRequest<T>
        {
            W = new Matrix<T>(1, options.Rank), Numbers = new double[BatchRequest.Length],
        };
        _figures = new ShardSums<T>(options.Rank + BatchRequest.Facts);
        if (dictionary is not null)
            _step = OnlineStep<T>.Create(options, dictionary.Clone(), _team);
    }

    /// <summary>The options.</summary>
    public OnlineNmfOptions Options { get; }

    /// <summary>Number of features, or null before the first batch that is not zero when no
    /// dictionary was given.</summary>
    public int? Features => _step?.W.Rows;

    /// <summary>Number of samples learnt.</summary>
    public long SamplesSeen { get; private set; }

    /// <summary>Number of batches learnt.</summary>
    internal long BatchesSeen { get; private set; }

    /// <summary>Samples of one pass, once they are known: the most that the period of forgetting is where it
    /// was not given.</summary>
    internal long? SamplesOfPass { get; set; }

    /// <summary>Begins with the dictionary of a fitted model.</summary>
    /// <param name="model">A model of the same rank and β.</param>
    /// <param name="options">What to learn and how; <see cref="OnlineNmfOptions.StartWeight"/> says how many samples
    /// the model counts for.</param>
    /// <exception cref="ArgumentException">An option is out of range, rank or β differ, or the model has what online
    /// updates do not have.</exception>
    public static OnlineNmf<T> FromModel(NmfModel<T> model, OnlineNmfOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        if (model.Options.Problem is not { BetaOrNull: { } beta, HasOutliers: false })
            throw new ArgumentException(
                "The model was fitted with another measure of fit or with an outlier term, "
                + "which online updates do not have.", nameof(model));
        if (!model.Options.Problem.IsPlain)
            throw new ArgumentException(
                "The model was fitted with penalties, relevances, abundances or known components, which online updates "
                + "do not have. To go on without them, give its Dictionary to the constructor.", nameof(model));
        if (beta != options.Beta)
            throw new ArgumentException(
                $"The model was fitted with beta = {beta}, but beta is {options.Beta} here.", nameof(options));
        return new OnlineNmf<T>(options, model.Dictionary);
    }

    /// <summary>Learns from one batch.</summary>
    /// <param name="batch">Data with the features of all batches before. A batch of zeros teaches nothing and
    /// is only counted.</param>
    /// <param name="cancellationToken">Looked at before anything is learnt: a cancelled call leaves the
    /// learner as it was.</param>
    /// <returns>D_β(batch | H Wᵀ), summed over its entries, with the dictionary as it was before: how
    /// well it predicted.</returns>
    /// <exception cref="ArgumentException">The number of features differs, or the start needs a larger
    /// first batch.</exception>
    /// <exception cref="NmfDataException">β ≤ 0 and the batch has a zero.</exception>
    /// <exception cref="NmfNumericalException">The cost is not finite.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public double PartialFit(NmfData<T> batch, CancellationToken cancellationToken = default)
    {
        OnlineWorker<T>.Require(batch, Features, Options.Beta);
        return PartialFit(1, batch, null, cancellationToken);
    }

    /// <summary>Learns from one batch of each part of a stream, at once: from all their samples, as if they were one
    /// batch whose sums are made part by part, and added in pairs as those of <see cref="NmfShards"/> are. Activations
    /// are inferred part by part too, and the first part that is not all zeros makes the start.</summary>
    /// <param name="batches">A batch of every part, in the order of the parts; null for one that has none left.</param>
    /// <param name="cancellationToken">Looked at before anything is learnt.</param>
    /// <returns>The sum of the costs of the batches with the dictionary as it was before.</returns>
    /// <exception cref="ArgumentException">There is no batch at all, the number of features differs, or the start needs
    /// a larger first batch.</exception>
    /// <exception cref="NmfDataException">β ≤ 0 and a batch has a zero.</exception>
    /// <exception cref="NmfNumericalException">The cost is not finite.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public double PartialFit(IReadOnlyList<NmfData<T>?> batches, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(batches);
        var first = batches.FirstOrDefault(batch => batch is not null)
            ?? throw new ArgumentException("There is no batch.", nameof(batches));
        foreach (var batch in batches)
        {
            if (batch is not null)
                OnlineWorker<T>.Require(batch, Features ?? first.Features, Options.Beta);
        }

        return PartialFit(batches.Count, first, batches, cancellationToken);
    }

    /// <summary>
    /// The model of what was learnt so far, a copy. It has no activations; its objective is the cost of the last batch,
    /// and its contributions are those of the samples learnt, by the weights that they still have.
    /// </summary>
    /// <exception cref="InvalidOperationException">Nothing has been learnt.</exception>
    public NmfModel<T> ToModel()
    {
        var usage = new Matrix<T>(1, Options.Rank);
        var dictionary = CopyDictionary();
        for (var k = 0; k < Options.Rank; k++)
            usage[0, k] = T.CreateSaturating(_step!.Usage[k]);
        Components.Rescale(dictionary, usage, Options.Scale);
        Components.SortByContribution(dictionary, usage);
        var report = new FitReport(
            [new ObjectivePoint((int)Math.Min(int.MaxValue, BatchesSeen), _lastCost, TimeSpan.Zero)],
            (int)Math.Min(int.MaxValue, BatchesSeen), StopReason.MaximumIterations);
        return NmfModel<T>.FromStream(
            Options.ToModelOptions(), dictionary, report, _lastCost, double.NaN,
            Components.Contributions(dictionary, usage));
    }

    /// <summary>Saves everything that was learnt, so that <see cref="Load"/> goes on with the same bits.</summary>
    /// <param name="path">The file; replaced in one step.</param>
    /// <exception cref="InvalidOperationException">Nothing has been learnt.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        RequireLearnt();
        CheckpointFile.Write(path, Facts(Content).Add("number of features", Features!.Value), SaveState);
    }

    /// <summary>Goes on with what <see cref="Save"/> saved.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">The options with which it was learnt; those that decide the path must be the same.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="NmfCheckpointException">The file is damaged or belongs to other options; the
    /// message names them.</exception>
    public static OnlineNmf<T> Load(string path, OnlineNmfOptions options)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var learner = new OnlineNmf<T>(options);
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            var features = 0;
            CheckpointFile.ReadFrom(
                file, path,
                facts =>
                {
                    if (!int.TryParse(
                        facts["number of features"], NumberStyles.None, CultureInfo.InvariantCulture, out features)
                        || features == 0)
                    {
                        features = 1;
                    }
                    facts.RequireEqual(learner.Facts(Content).Add("number of features", features), path);
                },
                reader => learner.LoadState(reader, features));
            return learner;
        }
        catch
        {
            learner.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _team.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the threads of a learner that was forgotten.</summary>
    ~OnlineNmf() => _team?.End();

    /// <summary>Checks that options can start from a dictionary.</summary>
    /// <exception cref="ArgumentException">They cannot; the message says why.</exception>
    internal static void RequireStart(Matrix<T> dictionary, OnlineNmfOptions options)
    {
        NmfStart<T>.RequireNonnegative(dictionary, nameof(dictionary), "feature");
        if (dictionary.Columns != options.Rank)
            throw new ArgumentException(
                $"The dictionary has {dictionary.Columns} components, but the rank is {options.Rank}.",
                nameof(dictionary));
        NmfStart<T>.RequireNotZero(dictionary, "All entries of the start dictionary");
    }

    /// <summary>A copy of the dictionary, without the traces of features that were never seen.</summary>
    internal Matrix<T> CopyDictionary()
    {
        RequireLearnt();
        var dictionary = _step!.W.Clone();
        var trace = T.CreateChecked(100 * OnlineMajorizationStep<T>.Floor);
        for (var f = 0; f < dictionary.Rows; f++)
        {
            foreach (ref var value in dictionary.Row(f))
                value = value < trace ? T.Zero : value;
        }

        return dictionary;
    }

    internal WorkTeam Team => _team;

    /// <summary>The unit in which batches are learnt.</summary>
    internal StreamUnit<T> Unit => _unit;

    /// <summary>The options that decide what is learnt from the batches to come.</summary>
    internal CheckpointFacts Facts(string content) => new CheckpointFacts()
        .Add("content", content)
        .Add("precision", typeof(T).Name)
        .Add("rank", Options.Rank)
        .Add("beta", Options.Beta)
        .Add("update", Options.EffectiveUpdate.ToString())
        .Add("forgetting", Options.Learning.Forgetting)
        .Add(
            "forgetting period",
            Options.Learning.ForgettingPeriod?.ToString(CultureInfo.InvariantCulture) ?? "automatic")
        .Add("weight of the start", Options.StartWeight?.ToString("R", CultureInfo.InvariantCulture) ?? "automatic")
        .Add("number of inner iterations", Options.Learning.InnerIterations)
        .Add("inner tolerance", Options.Learning.InnerTolerance)
        .Add("initialization", Options.Initialization.ToString())
        .Add("seed", Options.Seed);

    internal void SaveState(BinaryWriter writer)
    {
        writer.Write(SamplesSeen);
        writer.Write(BatchesSeen);
        writer.Write(SamplesOfPass ?? -1);
        writer.Write(_lastCost);
        _unit.Save(writer);
        writer.Write(_step is not null);
        _step?.Save(writer);
    }

    internal void LoadState(BinaryReader reader, int features)
    {
        SamplesSeen = reader.ReadCount(isLong: true);
        BatchesSeen = reader.ReadCount(isLong: true);
        SamplesOfPass = reader.ReadInt64() is >= 0 and var samples ? samples : null;
        _lastCost = reader.ReadFinite();
        _unit.Load(reader);
        if (!reader.ReadBoolean())
            return;
        _step ??= OnlineStep<T>.Create(Options, new Matrix<T>(features, Options.Rank), _team);
        _step.Load(reader);
    }

    private void RequireLearnt()
    {
        if (_step is null)
            throw new InvalidOperationException(
                "Nothing has been learnt yet: there was no batch with anything but zeros.");
    }
}
