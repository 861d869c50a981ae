using System.Text;
using System.Xml;

namespace TopicModel.Corpus;

/// <summary>The text of one member of a documentation file.</summary>
/// <param name="Passages">The words of its summary, of each parameter and so on: its prose and the names
/// that it refers to.</param>
/// <param name="InheritsFrom">The member whose text it takes over (<c>inheritdoc cref</c>), or null.</param>
internal sealed record MemberText(IReadOnlyList<string> Passages, string? InheritsFrom)
{
    /// <summary>Reads the content of a <c>member</c> element and stops at its end tag.</summary>
    /// <exception cref="XmlException">The file is not well-formed.</exception>
    public static MemberText Read(XmlReader reader)
    {
        var passages = new List<string>();
        var words = new StringBuilder();
        string? inheritsFrom = null;
        if (reader.IsEmptyElement)
            return new MemberText(passages, null);
        var depth = reader.Depth;
        reader.Read();
        while (reader.Depth > depth)
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element when IsBoilerplate(reader.LocalName):
                    reader.Skip();
                    continue;
                case XmlNodeType.Element when reader.LocalName == "inheritdoc":
                    inheritsFrom ??= reader.GetAttribute("cref");
                    break;
                case XmlNodeType.Element when reader.IsEmptyElement
                    && reader.GetAttribute("cref") is { Length: > 2 } reference:
                    // Only the own name of what is referred to: its namespace would give the label away.
                    IdentifierWords.Append(words, MemberName.Simple(MemberName.Path(reference)));
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA:
                    IdentifierWords.Append(words, reader.Value);
                    break;
            }

            if (reader.Depth == depth + 1)
                EndPassage();
            reader.Read();
        }

        EndPassage();
        return new MemberText(passages, inheritsFrom);

        void EndPassage()
        {
            if (words.Length > 0)
                passages.Add(words.ToString());
            words.Clear();
        }
    }

    /// <summary>Exceptions read alike for all members, and code is not prose.</summary>
    private static bool IsBoilerplate(string element) => element is "exception" or "code" or "example" or "typeparam";
}
