using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// A pair of factors and the way to improve it. One <see cref="Step"/> is one iteration (H, then W), so that descent,
/// fixed points and golden trajectories can be tested without the loop around it.
/// </summary>
/// <remarks>Holds all the memory that an iteration needs; <see cref="Step"/> allocates nothing.
/// Not thread-safe.</remarks>
/// <typeparam name="T">float or double.</typeparam>
internal abstract class Solver<T> : IIterativeModel
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Long runs let the scales of W and H drift apart, to 1e±30 if nothing is done; WH does not see the correction.
    internal const int RebalanceInterval = 50;

    private readonly double[] _scale;
    private readonly double[] _inverseScale;
    private FixedColumns<T>? _fixed;
    private int _steps;

    /// <summary>Takes over a start.</summary>
    private protected Solver(NmfData<T> data, double beta, NmfStart<T> start, WorkTeam team)
        : this(data, data.CreatePass(start.Dictionary.Columns, beta, team), start, team)
    {
    }

    /// <summary>Takes over a start of a fit that makes its passes over parts of the data.</summary>
    private protected Solver(NmfData<T> data, NmfStart<T> start, WorkTeam team)
        : this(data, null!, start, team)
    {
    }

    /// <summary>Takes over a start and a pass.</summary>
    private protected Solver(NmfData<T> data, DivergencePass<T> pass, NmfStart<T> start, WorkTeam team)
    {
        Data = data;
        W = start.Dictionary;
        H = start.Activations ?? throw new ArgumentException("A solver starts from both factors.", nameof(start));
        Pass = pass;
        Team = team;
        _scale = new double[W.Columns];
        _inverseScale = new double[W.Columns];
    }

    /// <summary>Dictionary, features x rank; updated in place.</summary>
    public Matrix<T> W { get; private set; }

    /// <summary>Activations, samples x rank; updated in place.</summary>
    public Matrix<T> H { get; private set; }

    /// <summary>Both factors as they are now; not a copy.</summary>
    public NmfStart<T> Factors => new(W, H);

    private protected NmfData<T> Data { get; }

    /// <summary>Whether the objective stays the same when a column of W is multiplied and that of H
    /// divided by a number.</summary>
    private protected virtual bool IsScaleFree => true;

    private protected DivergencePass<T> Pass { get; private set; }

    private protected WorkTeam Team { get; }

    /// <summary>Creates the solver of a problem.</summary>
    /// <param name="data">Data.</param>
    /// <param name="options">What to fit, and the solver.</param>
    /// <param name="start">Both factors; the solver updates them in place.</param>
    /// <param name="team">Threads to use; not disposed by the solver.</param>
    /// <exception cref="ArgumentException">Shapes do not match, or an option is out of range.</exception>
    public static Solver<T> Create(NmfData<T> data, NmfOptions options, NmfStart<T> start, WorkTeam team)
    {
        options.Validate();
        options.Problem.RequireValid(data);
        start.RequireShape(data.Samples, data.Features, options.Rank);
        if (options.Shards is not null)
            return new ShardedSolver<T>(data, options, start, team);
        var solver = options.Problem.CreateSolver(data, options, start, team);
        solver.Fix(options.Problem.KnownCount);
        return solver;
    }

    /// <summary>One iteration: H given W, then W given the new H.</summary>
    public void Step()
    {
        Update();
        if (++_steps % RebalanceInterval == 0 && IsScaleFree)
            Rebalance();
    }

    /// <summary>The objective of the current factors: D(V | WH), and penalties. Where what it computes on the way
    /// serves the next <see cref="Step"/>, it is kept.</summary>
    public abstract double Objective();

    /// <inheritdoc/>
    public virtual void Save(BinaryWriter writer)
    {
        writer.Write(_steps);
        writer.WriteMatrix(W);
        writer.WriteMatrix(H);
    }

    /// <inheritdoc/>
    public virtual void Load(BinaryReader reader)
    {
        _steps = (int)reader.ReadCount();
        reader.ReadFactor(W);
        reader.ReadFactor(H);
        _fixed?.Capture(W);
    }

    /// <inheritdoc/>
    public virtual bool? HasConverged(double tolerance) => null;

    /// <inheritdoc/>
    public virtual void BetweenChecks()
    {
    }

    /// <summary>What the model keeps of the solver beside the factors.</summary>
    public virtual FittedTerms Terms() => FittedTerms.None;

    private protected abstract void Update();

    /// <summary>Keeps the first columns of W as they are now.</summary>
    private protected void Fix(int columns) => _fixed = columns == 0 ? null : new FixedColumns<T>(W, columns);

    /// <summary>Gives fixed columns of W their values back; called after every step of W by the solvers that
    /// <see cref="BetaNmf.Known"/> allows.</summary>
    private protected void RestoreFixedColumns() => _fixed?.Restore(W);

    /// <summary>Goes on with factors of another rank.</summary>
    private protected void Replace(Matrix<T> w, Matrix<T> h, DivergencePass<T> pass)
    {
        (W, H, Pass) = (w, h, pass);
    }

    /// <summary>While <see cref="Rescaled"/> runs: what the columns of W were multiplied by.</summary>
    private protected ReadOnlySpan<double> DictionaryScale => _scale;

    /// <summary>While <see cref="Rescaled"/> runs: what the columns of H were multiplied by.</summary>
    private protected ReadOnlySpan<double> ActivationScale => _inverseScale;

    /// <summary>Called when W and H were rescaled by powers of two: older factors kept by the solver have
    /// another scale now.</summary>
    private protected virtual void Rescaled()
    {
    }

    /// <summary>Powers of two, which change no digit of either factor, for columns of W of a sum between 1 and 2.
    /// </summary>
    internal static void BalancingScale(Matrix<T> w, double[] scale, double[] inverse)
    {
        FactorKernels.ColumnSums(w, scale);
        for (var k = 0; k < scale.Length; k++)
        {
            var exponent = scale[k] > 0 ? Math.ILogB(scale[k]) : 0;
            scale[k] = Math.ScaleB(1, -exponent);
            inverse[k] = Math.ScaleB(1, exponent);
        }
    }

    private void Rebalance()
    {
        BalancingScale(W, _scale, _inverseScale);
        _fixed?.KeepScale(_scale);
        _fixed?.KeepScale(_inverseScale);
        FactorKernels.ScaleColumns(W, _scale);
        FactorKernels.ScaleColumns(H, _inverseScale);
        Rescaled();
    }
}
