using Microsoft.ML.Transforms;

namespace MLNmf.Tool;

/// <summary>Writes the components of a model, a row of a file for every component: as the <c>components_</c> of
/// scikit-learn.</summary>
internal static class ComponentTable
{
    public static void Write(ToolConsole console, string? path, NmfModelParameters model) => ActivationTable.Write(
        console, path, [.. Enumerable.Range(0, model.Rank).Select(k => model.GetComponent(k).ToArray())],
        [.. Enumerable.Range(1, model.Rank).Select(k => $"component{k}")],
        model.FeatureNames ?? [.. Enumerable.Range(1, model.FeatureCount).Select(f => $"feature{f}")]);
}
