using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Onnx;
using Nmf;
using Nmf.Kernels;

namespace Microsoft.ML.Transforms;

public sealed partial class NmfTransformer
{
    private sealed partial class Mapper : ISaveAsOnnx
    {
        private const int SmallestOpset = 11;

        // Why the model is not exported, or null.
        private string? Obstacle
            => _parent.Model.Penalty is not null
                ? "The ONNX export has no penalties: a model that was fitted with penalties of the activations, "
                    + "or by automatic relevance determination, cannot be exported."
            : _parent.Model.Sections.Find<MissingEntriesSection>() is not null
                ? "The ONNX export cannot leave entries out: a model with missing entries cannot be exported. "
                    + "Fill them first and fit without them."
            : _parent.Model.Sections.Find<IProblemSection>() is { IsExported: false }
                ? $"The ONNX export has beta-divergences alone: a model of {NameOf(_parent.Model.Problem)} cannot be "
                    + "exported."
            : null;

        private static string NameOf(NmfProblem problem)
            => problem is MeasureNmf ? problem.Entry.ToString() : problem.GetType().Name;

        bool ICanSaveOnnx.CanSaveOnnx(OnnxContext ctx)
            => Obstacle is not { } reason || OnnxGraph.Refuse(Host, reason);

        void ISaveAsOnnx.SaveAsOnnx(OnnxContext ctx)
        {
            Host.CheckValue(ctx, nameof(ctx));
            ctx.CheckOpSetVersion(SmallestOpset, LoaderSignature);
            if (Obstacle is { } reason)
                throw Host.ExceptNotSupp(reason);
            var (model, output, reconstruction) = (_parent.Model, _parent.OutputColumnName,
                _parent.ReconstructionColumnName);
            if (!ctx.ContainsColumn(_parent.InputColumnName))
            {
                // What the input depends on could not be exported, so neither can what depends on it.
                ctx.RemoveColumn(output, false);
                if (reconstruction is not null)
                    ctx.RemoveColumn(reconstruction, false);
                return;
            }

            var graph = new OnnxGraph(ctx);
            var rows = ctx.GetVariableName(_parent.InputColumnName);
            if (!_guard.SchemaColumn.Type.GetItemType().Equals(NumberDataViewType.Single))
                rows = graph.ToSingle(rows, model.FeatureCount);
            if (model.Input.NegativeTolerance > 0)
                rows = graph.Apply("Relu", model.FeatureCount, rows);
            var activations = model.Beta switch
            {
                BetaDivergence.Euclidean => EuclideanOnnx.Activations(
                    Host, graph, model, rows, _parent.OnnxIterations),
                BetaDivergence.KullbackLeibler => KullbackLeiblerOnnx.Activations(
                    graph, model, rows, _parent.OnnxIterations),
                _ => MultiplicativeOnnx.Activations(graph, model, rows, _parent.OnnxIterations),
            };
            var result = activations;
            if (_parent.NormalizeOutput)
                result = graph.Apply(
                    "Div", model.Rank, activations,
                    graph.Apply("Max", 1, graph.RowSums(activations), graph.Constant(1e-30f)));
            graph.Bind(result, output, model.Rank);
            if (reconstruction is null)
                return;
            var components = new float[model.Rank * model.FeatureCount];
            for (var k = 0; k < model.Rank; k++)
                model.GetComponent(k).CopyTo(components.AsSpan(k * model.FeatureCount));
            var approximation = graph.Apply(
                "MatMul", model.FeatureCount, activations, graph.Constant(components, model.Rank, model.FeatureCount));
            graph.Bind(approximation, reconstruction, model.FeatureCount);
        }
    }
}
