using Microsoft.ML;
using Microsoft.ML.Transforms;
using MLNmf.Tool.Input;
using Nmf.Topics;

namespace MLNmf.Tool.Topics;

/// <summary>The page on which topics are explored, of the texts that they were found in.</summary>
internal static class ExplorerPage
{
    /// <exception cref="UserErrorException">A date cannot be read, or there are too many classes.</exception>
    public static void Save(
        MLContext ml, ITransformer model, string path, IReadOnlyList<TextItem> items,
        IReadOnlyList<IReadOnlyList<TopicLabel>> labels, string title, CancellationToken cancellationToken)
    {
        var data = ml.Data.LoadFromEnumerable(items.Select(item => new Row
        {
            Text = item.Text,
            Title = item.Name,
            Date = item.Date ?? "",
            Class = item.Class ?? "",
        }));
        try
        {
            model.SaveTopicExplorer(
                path, data, new TopicExplorerColumns
                {
                    Text = nameof(Row.Text),
                    Title = nameof(Row.Title),
                    Date = items.Any(item => item.Date is not null) ? nameof(Row.Date) : null,
                    Class = items.Any(item => item.Class is not null) ? nameof(Row.Class) : null,
                },
                new TopicExplorerOptions { Title = title, Labels = labels }, cancellationToken);
        }
        catch (ArgumentException e)
        {
            throw new UserErrorException(e.Message.Split(" (Parameter '")[0]);
        }
    }

    private sealed class Row
    {
        public string Text { get; set; } = "";

        public string Title { get; set; } = "";

        public string Date { get; set; } = "";

        public string Class { get; set; } = "";
    }
}
