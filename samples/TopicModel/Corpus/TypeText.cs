using System.Text;

namespace TopicModel.Corpus;

/// <summary>Gathers the text of one type. What it repeats, as overloads do, counts once.</summary>
internal sealed class TypeText
{
    private readonly HashSet<string> _seen = [];
    private readonly StringBuilder _text = new();

    /// <summary>Number of words so far.</summary>
    public int Words { get; private set; }

    /// <summary>Adds the words of the own name of the type or a member.</summary>
    public void AddName(string path)
    {
        // Constructors have no name of their own.
        if (!path.EndsWith("#ctor", StringComparison.Ordinal) && !path.EndsWith("#cctor", StringComparison.Ordinal))
            AddPassage(IdentifierWords.Split(MemberName.Simple(path)) + ' ');
    }

    /// <summary>Adds words, each followed by a space.</summary>
    public void AddPassage(string words)
    {
        if (!_seen.Add(words))
            return;
        _text.Append(words);
        Words += words.AsSpan().Count(' ');
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString().TrimEnd();
}
