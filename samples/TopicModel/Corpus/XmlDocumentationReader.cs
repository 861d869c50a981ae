using System.Xml;

namespace TopicModel.Corpus;

/// <summary>
/// Makes documents of XML documentation files: one per public type, with the texts of its members and nested types,
/// labelled by its namespace family.
/// </summary>
/// <remarks>Add all files first: nesting and inherited texts are resolved over all of them. The same member in a second
/// file is ignored.</remarks>
internal sealed class XmlDocumentationReader
{
    private const int FewestWords = 20;

    private readonly Dictionary<string, MemberText> _members = [];
    private readonly HashSet<string> _publicTypes = [];
    private readonly List<string> _notes = [];

    /// <summary>Files that could not be read, one line each.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>
    /// Adds a file and the public types of the assembly beside it; where there is none, every type of the
    /// file is taken for public.
    /// </summary>
    public void AddFile(string path)
    {
        var assembly = Path.ChangeExtension(path, ".dll");
        try
        {
            using var text = File.OpenText(path);
            var members = Add(text);
            if (File.Exists(assembly))
                PublicTypes.Collect(assembly, _publicTypes);
            else
                AddPublicTypes(members.Where(MemberName.IsType).Select(MemberName.Path));
        }
        catch (Exception e)
            when (e is XmlException or BadImageFormatException or IOException or UnauthorizedAccessException)
        {
            _notes.Add($"{path} was left out: {e.Message}");
        }
    }

    /// <summary>Adds one documentation file; nothing of it if it is broken.</summary>
    /// <returns>The names of its members.</returns>
    /// <exception cref="XmlException">The file is not well-formed.</exception>
    public IReadOnlyList<string> Add(TextReader file)
    {
        using var reader = XmlReader.Create(
            file, new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null });
        var members = new List<(string Id, MemberText Text)>();
        while (reader.Read())
        {
            if (reader is { NodeType: XmlNodeType.Element, LocalName: "member" }
                && reader.GetAttribute("name") is [_, ':', _, ..] id)
            {
                members.Add((id, MemberText.Read(reader)));
            }
        }

        foreach (var (id, text) in members)
            _members.TryAdd(id, text);
        return members.ConvertAll(m => m.Id);
    }

    /// <summary>Restricts the documents to these types and others added this way. Without a call every documented type
    /// is taken for public.</summary>
    public void AddPublicTypes(IEnumerable<string> names) => _publicTypes.UnionWith(names);

    /// <summary>The documents so far, ordered by name.</summary>
    public IReadOnlyList<Document> Documents()
    {
        var types = _members.Keys.Where(MemberName.IsType).Select(MemberName.Path).ToHashSet();
        var texts = new SortedDictionary<string, TypeText>(StringComparer.Ordinal);
        foreach (var id in _members.Keys.OrderBy(MemberName.Path, StringComparer.Ordinal).ThenBy(
            id => id, StringComparer.Ordinal))
        {
            var path = MemberName.Path(id);
            var type = MemberName.OutermostType(MemberName.IsType(id) ? path : MemberName.Parent(path), types);
            if (!IsWanted(type) || MemberName.IsOnEveryType(path))
                continue;
            if (!texts.TryGetValue(type, out var text))
                texts.Add(type, text = new TypeText());
            text.AddName(path);
            foreach (var passage in PassagesOf(id))
                text.AddPassage(passage);
        }

        return [.. texts.Where(t => t.Value.Words >= FewestWords).Select(t => ToDocument(t.Key, t.Value))];
    }

    private static Document ToDocument(string type, TypeText text)
    {
        var name = MemberName.Readable(type);
        var space = MemberName.Parent(type);
        return new Document(
            name, text.ToString(), MemberName.NamespaceFamily(space)) { ShortName = name[(space.Length + 1)..] };
    }

    /// <summary>Hardware intrinsics are left out: thousands of near-identical members that say
    /// nothing to a reader.</summary>
    private bool IsWanted(string type)
        => type.Contains('.', StringComparison.Ordinal)
            && !type.StartsWith("System.Runtime.Intrinsics", StringComparison.Ordinal)
            && (_publicTypes.Count == 0 || _publicTypes.Contains(type));

    private IReadOnlyList<string> PassagesOf(string id)
    {
        var text = _members[id];
        // A chain of inherited texts may close on itself, so it is followed for a few steps only.
        for (var steps = 0; steps < 8 && text is { Passages.Count: 0, InheritsFrom: { } source }
            && _members.TryGetValue(source, out var inherited); steps++)
        {
            text = inherited;
        }
        return text.Passages;
    }
}
