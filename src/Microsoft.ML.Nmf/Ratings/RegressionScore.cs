using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Trainers;

/// <summary>The column of predicted values, with the annotations by which ML.NET's <c>Evaluate</c> knows it.</summary>
internal static class RegressionScore
{
    public static DataViewSchema.DetachedColumn Column(string name)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add(
            AnnotationUtils.Kinds.ScoreColumnKind, TextDataViewType.Instance,
            (ref ReadOnlyMemory<char> kind) => kind = AnnotationUtils.Const.ScoreColumnKind.Regression.AsMemory());
        annotations.Add(
            AnnotationUtils.Kinds.ScoreValueKind, TextDataViewType.Instance,
            (ref ReadOnlyMemory<char> kind) => kind = AnnotationUtils.Const.ScoreValueKind.Score.AsMemory());
        annotations.Add(
            AnnotationUtils.Kinds.ScoreColumnSetId, new KeyDataViewType(typeof(uint), int.MaxValue),
            (ref uint id) => id = 1);
        return new(name, NumberDataViewType.Single, annotations.ToAnnotations());
    }
}
