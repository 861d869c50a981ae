using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>A fit of several channels: what the loop improves, and the parameters so far.</summary>
internal interface IMultichannelSolver : IIterativeModel
{
    /// <summary>The parameters.</summary>
    MixingFactors Current { get; }
}

/// <summary>
/// What the fits of several channels share. One pass over the frequencies, shared out in blocks, gives the objective of
/// the current parameters and the next ones; a step makes these the current ones. So an objective that was asked for
/// costs no second pass.
/// </summary>
internal abstract class MultichannelSolver : IMultichannelSolver, IBlockWork
{
    // Every block keeps sums of the size of H.
    private const int MostBlocks = 24;

    private readonly WorkTeam _team;
    private bool _isPassed;

    protected MultichannelSolver(MixtureData data, MixingFactors start, KnownParts known, WorkTeam team)
    {
        (Data, Current, Next, Known, _team) = (data, start, start.Clone(), known, team);
        Blocks = Math.Min(MostBlocks, data.Bins);
        Negative = Sums(Blocks);
        Costs = new double[data.Bins];
        SourceOf = new int[start.Rank];
        for (var j = 0; j < start.Sources; j++)
            SourceOf.AsSpan()[start.Offsets[j]..start.Offsets[j + 1]].Fill(j);
    }

    /// <summary>The parameters.</summary>
    public MixingFactors Current { get; private set; }

    protected MixtureData Data { get; }

    protected MixingFactors Next { get; private set; }

    protected KnownParts Known { get; }

    protected int Blocks { get; }

    /// <summary>Of every block, what it adds up for the activations: rank x frames.</summary>
    protected Matrix<double>[] Negative { get; }

    /// <summary>The objective of every frequency.</summary>
    protected double[] Costs { get; }

    /// <summary>Number of iterations done.</summary>
    protected int Iteration { get; private set; }

    protected int[] SourceOf { get; }

    protected int Threads => _team.Threads;

    public void Step()
    {
        if (!_isPassed)
            Pass(withObjective: false);
        (Current, Next) = (Next, Current);
        (Iteration, _isPassed) = (Iteration + 1, false);
        Advance();
    }

    public double Objective()
    {
        Pass(withObjective: true);
        double sum = 0;
        foreach (var cost in Costs)
            sum += cost;
        return Evaluated(sum);
    }

    /// <summary>Takes note of the objective of the current parameters.</summary>
    protected virtual double Evaluated(double objective) => objective;

    public virtual bool? HasConverged(double tolerance) => null;

    public virtual void Save(BinaryWriter writer)
    {
        writer.Write(Iteration);
        Current.Save(writer);
    }

    public virtual void Load(BinaryReader reader)
    {
        (Iteration, _isPassed) = ((int)reader.ReadCount(), false);
        Current.Load(reader);
        Current.CopyTo(Next);
    }

    public void Run(int block, int worker)
    {
        Negative[block].Clear();
        BeginBlock(block);
        var (from, to) = (Data.Bins * block / Blocks, Data.Bins * (block + 1) / Blocks);
        for (var f = from; f < to; f++)
            RunBin(f, block, worker);
    }

    protected Matrix<double>[] Sums(int blocks)
        => [.. Enumerable.Range(0, blocks).Select(_ => new Matrix<double>(Current.Rank, Data.Frames))];

    /// <summary>Whether the objective is asked for in the pass that is running.</summary>
    protected bool WithObjective { get; private set; }

    /// <summary>What comes before the frequencies of a block.</summary>
    protected virtual void BeginBlock(int block)
    {
    }

    /// <summary>One frequency: its cost, its next spectra and mixing, and its part of the sums for the
    /// activations.</summary>
    protected abstract void RunBin(int bin, int block, int worker);

    /// <summary>The next activations, and what else needs all frequencies.</summary>
    protected abstract void Finish();

    /// <summary>What changes by itself from one iteration to the next.</summary>
    protected virtual void Advance()
    {
    }

    /// <summary>Adds the sums of all blocks to those of the first, in their order.</summary>
    protected static void Reduce(Matrix<double>[] sums)
    {
        for (var block = 1; block < sums.Length; block++)
        {
            for (var k = 0; k < sums[0].Rows; k++)
                TensorPrimitives.Add(sums[0].Row(k), sums[block].Row(k), sums[0].Row(k));
        }
    }

    protected void RunBlocks(IBlockWork work) => _team.Run(work, Blocks);

    protected virtual void Prepare()
    {
    }

    private void Pass(bool withObjective)
    {
        WithObjective = withObjective;
        Prepare();
        RunBlocks(this);
        Finish();
        _isPassed = true;
    }
}

/// <summary>What a fit leaves as it is.</summary>
/// <param name="Mixing">Of every source, whether its mixing is known.</param>
/// <param name="Spectra">Of every source, whether its spectra are known.</param>
internal sealed record KnownParts(bool[] Mixing, bool[] Spectra)
{
    public static KnownParts All(int sources)
        => new([.. Enumerable.Repeat(true, sources)], [.. Enumerable.Repeat(true, sources)]);

    public static KnownParts None(int sources) => new(new bool[sources], new bool[sources]);
}
