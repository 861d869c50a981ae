using System.Numerics;
using Microsoft.DotNet.Interactive.Formatting;
using Microsoft.ML.Transforms;
using Nmf;

namespace Microsoft.ML;

/// <summary>Models in notebooks: what they look like when a cell ends with one.</summary>
public static class NmfNotebook
{
    private const string Html = HtmlFormatter.MimeType;

    /// <summary>
    /// Registers the formatters of <see cref="NmfModel{T}"/>, <see cref="NmfModelParameters"/>,
    /// <see cref="NmfTransformer"/>, <see cref="SequenceNmfTransformer"/>,
    /// <see cref="MarginalLikelihoodNmfTransformer"/> and <see cref="NmfView"/>. Notebooks call it when they load the
    /// package.
    /// </summary>
    public static void Register()
    {
        Formatter.Register<NmfView>(static (view, writer) => writer.Write(view.ToHtml()), Html);
        Formatter.Register<NmfModel<float>>(static (model, writer) => writer.Write(model.View().ToHtml()), Html);
        Formatter.Register<NmfModel<double>>(static (model, writer) => writer.Write(model.View().ToHtml()), Html);
        Formatter.Register<NmfModelParameters>(static (model, writer) => writer.Write(model.View().ToHtml()), Html);
        Formatter.Register<NmfTransformer>(
            static (transformer, writer) => writer.Write(transformer.Model.View().ToHtml()), Html);
        Formatter.Register<SequenceNmfTransformer>(
            static (transformer, writer) => writer.Write(transformer.Model.View().ToHtml()), Html);
        Formatter.Register<MarginalLikelihoodNmfTransformer>(
            static (transformer, writer) => writer.Write(transformer.Model.View().ToHtml()), Html);
        foreach (var type in new[]
        {
            typeof(NmfView), typeof(NmfModel<float>), typeof(NmfModel<double>), typeof(NmfModelParameters),
            typeof(NmfTransformer), typeof(SequenceNmfTransformer), typeof(MarginalLikelihoodNmfTransformer),
        })
            Formatter.SetPreferredMimeTypesFor(type, Html);
    }

    /// <summary>A view of a model, of which more can be said than the model knows: <c>model.View() with { … }</c>.
    /// </summary>
    /// <param name="model">The model; its features have numbers for names, unless the view gives others.</param>
    public static NmfView View<T>(this NmfModel<T> model)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(model);
        var dictionary = model.Dictionary;
        var components = new float[dictionary.Columns][];
        for (var k = 0; k < components.Length; k++)
        {
            components[k] = new float[dictionary.Rows];
            for (var f = 0; f < dictionary.Rows; f++)
                components[k][f] = float.CreateTruncating(dictionary[f, k]);
        }

        return new NmfView(
            model.ToString().Split('\n')[0], components, [.. components.Select((_, k) => model.ComponentName(k))],
            model.Contributions, model.Report.History, null);
    }

    /// <summary>A view of a model, of which more can be said than the model knows: <c>model.View() with { … }</c>.
    /// </summary>
    /// <param name="model">The model of a transformer.</param>
    public static NmfView View(this NmfModelParameters model)
    {
        ArgumentNullException.ThrowIfNull(model);
        float[][] components = [.. Enumerable.Range(0, model.Rank).Select(k => model.GetComponent(k).ToArray())];
        return new NmfView(
            model.ToString().Split('\n')[0], components, [.. components.Select((_, k) => model.ComponentName(k))],
            model.Contributions, model.ObjectiveHistory, model.FeatureNames);
    }
}
