using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>What fits of several views have in common: the data of each, a dictionary for each, and activations that
/// are one matrix or one for each view.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal abstract class CoSolver<T> : IIterativeModel
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private protected CoSolver(CoupledData<T>[] data, Matrix<T>[] dictionaries, Matrix<T>[] activations, WorkTeam team)
    {
        (Data, Dictionaries, Activations, Team) = (data, dictionaries, activations, team);
        Passes = [.. data.Zip(dictionaries, (view, w) => view.Data.CreatePass(w.Columns, view.Beta, team))];
        Gradients = [.. data.Select(_ => new GradientParts<T>(activations[0]))];
    }

    /// <summary>W of each view, features x rank, in the unit of its data.</summary>
    public Matrix<T>[] Dictionaries { get; }

    /// <summary>H of each view, samples x rank; the same matrix where they are shared.</summary>
    public Matrix<T>[] Activations { get; }

    private protected CoupledData<T>[] Data { get; }

    private protected WorkTeam Team { get; }

    private protected DivergencePass<T>[] Passes { get; }

    /// <summary>Of the activations.</summary>
    private protected GradientParts<T>[] Gradients { get; }

    // Whether the gradients are those of the current factors.
    private bool GradientsAreCurrent { get; set; }

    /// <inheritdoc/>
    public void Step()
    {
        if (!GradientsAreCurrent)
        {
            for (var v = 0; v < Data.Length; v++)
                Gradient(v, withObjective: false);
        }

        GradientsAreCurrent = false;
        Update();
    }

    /// <summary><c>Σ α D(V | H Wᵀ)</c> and the coupling.</summary>
    public double Objective()
    {
        double sum = 0;
        for (var v = 0; v < Data.Length; v++)
            sum += Data[v].Weight * Gradient(v, withObjective: true);
        GradientsAreCurrent = true;
        return sum + Coupling();
    }

    /// <inheritdoc/>
    public virtual void Save(BinaryWriter writer)
    {
        foreach (var factor in Dictionaries.Concat(Activations.Distinct()))
            writer.WriteMatrix(factor);
    }

    /// <inheritdoc/>
    public virtual void Load(BinaryReader reader)
    {
        foreach (var factor in Dictionaries.Concat(Activations.Distinct()))
            reader.ReadFactor(factor);
        GradientsAreCurrent = false;
    }

    /// <summary>What the coupling adds to the divergences.</summary>
    public virtual double Coupling() => 0;

    private protected abstract void Update();

    private double Gradient(int v, bool withObjective) => Passes[v].ActivationGradient(
        Dictionaries[v], Activations[v], Gradients[v].Negative, Gradients[v].Positive, withObjective);
}
