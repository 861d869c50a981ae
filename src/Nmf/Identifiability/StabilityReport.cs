using System.Globalization;
using System.Text;

namespace Nmf;

/// <summary>One start of a comparison.</summary>
public sealed class StabilityRun
{
    internal StabilityRun(int start, double objective, StopReason stopReason)
        => (Start, Objective, StopReason) = (start, objective, stopReason);

    /// <summary>Its number, from 0.</summary>
    public int Start { get; }

    /// <summary>D(V | WH), as <see cref="NmfModel{T}.Objective"/>.</summary>
    public double Objective { get; }

    /// <summary>Why it ended.</summary>
    public StopReason StopReason { get; }
}

/// <summary>One component as all starts found it, in the order of the best start.</summary>
public sealed class StableComponent
{
    internal StableComponent(
        int component, double stability, double[] cosines, double[] contributions, double[] mean, double[] deviation)
    {
        Component = component;
        Stability = stability;
        Cosines = cosines;
        Contributions = contributions;
        Mean = mean;
        StandardDeviation = deviation;
    }

    /// <summary>Its number in the best start.</summary>
    public int Component { get; }

    /// <summary>Mean cosine of its columns in two different starts, 1 when all found the same.</summary>
    public double Stability { get; }

    /// <summary>For every start the cosine of its column with that of the best start.</summary>
    public IReadOnlyList<double> Cosines { get; }

    /// <summary>For every start its share of WH.</summary>
    public IReadOnlyList<double> Contributions { get; }

    /// <summary>Mean of its column over the starts, F numbers, columns scaled to sum one.</summary>
    public IReadOnlyList<double> Mean { get; }

    /// <summary>Standard deviation over the starts of every entry of its column, F numbers.</summary>
    public IReadOnlyList<double> StandardDeviation { get; }
}

/// <summary>What several starts of one problem have in common.</summary>
public sealed class StabilityReport
{
    internal StabilityReport(
        StabilityRun[] runs, int bestStart, ComponentAlignment alignment, StableComponent[] components,
        IdentifiabilityReport identifiability)
    {
        Runs = runs;
        BestStart = bestStart;
        Alignment = alignment;
        Components = components;
        Identifiability = identifiability;
    }

    /// <summary>The starts.</summary>
    public IReadOnlyList<StabilityRun> Runs { get; }

    /// <summary>The start with the lowest objective, whose order the components have.</summary>
    public int BestStart { get; }

    /// <summary>Which component of which start is which.</summary>
    public ComponentAlignment Alignment { get; }

    /// <summary>The components.</summary>
    public IReadOnlyList<StableComponent> Components { get; }

    /// <summary>Whether the best start's factorisation is the only one of its product.</summary>
    public IdentifiabilityReport Identifiability { get; }

    /// <summary>A table of the components and a few sentences, in plain text.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        text.AppendLine("component  stability  least cosine        share of the model");
        foreach (var component in Components)
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"{component.Component,9}  {component.Stability,9:0.000}  {component.Cosines.Min(),12:0.000}  "
                + $"{component.Contributions.Min(),8:P1} to {component.Contributions.Max(),8:P1}");
        }

        var least = Runs[BestStart].Objective;
        var converged = Runs.Count(run => run.StopReason == StopReason.Converged);
        var alike = Runs.Count(run => run.Objective <= least + (1e-3 * Math.Abs(least)));
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"Of {Runs.Count} starts {converged} converged, and {alike} ended within 0.1 % of the lowest objective.");
        text.Append(Identifiability.ToText());
        return text.ToString();
    }
}
