using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNmf.Tool.Input;

/// <summary>Texts in the column that a model takes.</summary>
internal static class TextInput
{
    /// <summary>A view of texts for a model, whatever it calls their column.</summary>
    /// <exception cref="UserErrorException">The model does not take one column of texts.</exception>
    public static IDataView View(MLContext ml, SavedModel model, IEnumerable<string> texts)
    {
        if (model.TextColumn is not { } column)
            throw new UserErrorException(
                $"{model.Path} does not take one column of texts; it takes "
                + (model.InputSchema is { Count: > 0 } schema
                    ? string.Join(", ", schema.Select(c => $"{c.Name} ({c.Type})"))
                    : "columns that were not saved with it") + ".");
        var definition = SchemaDefinition.Create(typeof(Row));
        definition[0].ColumnName = column;
        return ml.Data.LoadFromEnumerable(texts.Select(text => new Row { Text = text }), definition);
    }

    private sealed class Row
    {
        public string Text { get; set; } = "";
    }
}
