using Nmf;
using Nmf.Kernels;

namespace GuidedTopics;

/// <summary>Sentences about the namespaces of .NET, and whether their largest topic is of the right one.</summary>
internal static class SentenceTest
{
    // Three for each of the twelve namespaces with most types, written before any was tried.
    private static readonly Dictionary<string, string[]> Sentences = new()
    {
        ["System.Security"] =
        [
            "encrypt a file with a password", "check the signature of a certificate with a public key",
            "which permissions and claims does the identity of the user have",
        ],
        ["System.Net"] =
        [
            "send a request over a socket and read the response", "resolve the address of a host name",
            "which port does the server listen on",
        ],
        ["System.Xml"] =
        [
            "select the child nodes of an element by a path", "validate a document against a schema",
            "write attributes and namespaces of elements",
        ],
        ["System.Data"] =
        [
            "read the rows of a table in a database", "roll back the transaction of a connection",
            "set the parameter of a command before the query",
        ],
        ["System"] =
        [
            "parse a number from a string", "add days to a date", "convert an hour from one time zone to another",
        ],
        ["System.Reflection"] =
        [
            "find the methods and fields of a type in an assembly", "emit a label and an opcode for a local variable",
            "load the metadata of a module",
        ],
        ["System.Diagnostics"] =
        [
            "start a process and wait for its exit code", "write an event to the trace listeners",
            "increment a counter of a meter",
        ],
        ["Microsoft.AspNetCore.Mvc"] =
        [
            "bind the arguments of a controller action", "validate the model state of a form",
            "return a view with a layout",
        ],
        ["Microsoft.AspNetCore.Http"] =
        [
            "add a cookie to the response", "read a header of the request", "redirect to another address",
        ],
        ["Microsoft.AspNetCore.Components"] =
        [
            "render a component of a page", "handle a click on a button", "cascade a parameter to children",
        ],
        ["System.Runtime"] =
        [
            "marshal a string to unmanaged memory", "add two vectors with a hardware instruction",
            "which attribute does the compiler emit for a caller",
        ],
        ["System.ComponentModel"] =
        [
            "convert a value with the type converter of a property", "raise an event when a property has changed",
            "validate an object by its attributes",
        ],
    };

    /// <summary>Asks models of several seeds.</summary>
    /// <param name="texts">Texts that are factorised.</param>
    /// <param name="namespaces">What their classes are called.</param>
    /// <param name="seedWords">Seed words of each class, or null for topics without.</param>
    /// <param name="weight">How firmly seeds are held.</param>
    /// <param name="rank">Number of topics.</param>
    /// <param name="seeds">Number of fits.</param>
    /// <param name="start">Where fits without seeds start.</param>
    /// <returns>The part of the sentences that are answered rightly, and their number.</returns>
    public static (double Right, int Sentences) Run(
        Corpus texts, IReadOnlyList<string> namespaces, int[][]? seedWords, double weight, int rank, int seeds,
        NmfInitialization start = NmfInitialization.Random)
    {
        var data = texts.ToData();
        var number = texts.Words.Select((word, w) => (word, w)).ToDictionary(pair => pair.word, pair => pair.w);
        (int Class, string Text)[] asked =
        [
            .. namespaces.SelectMany((name, c) => Sentences.GetValueOrDefault(name, []).Select(text => (c, text))),
        ];
        var rows = new float[asked.Length * texts.WordCount];
        for (var s = 0; s < asked.Length; s++)
        {
            foreach (var word in Corpus.Tokens(asked[s].Text))
            {
                if (number.TryGetValue(word, out var w))
                    rows[(s * texts.WordCount) + w]++;
            }
        }

        var sentences = NmfData<float>.FromDense(rows, asked.Length, texts.WordCount);
        double right = 0;
        for (var seed = 1; seed <= seeds; seed++)
        {
            var model = Study.Fit(data, seedWords, weight, rank, seed, start);
            var means = ClassesOfTopics(model.Activations, texts, guided: seedWords?.Length ?? 0);
            var answers = model.Transform(sentences);
            for (var s = 0; s < asked.Length; s++)
            {
                // A sentence without a known word is not answered.
                if (answers.Row(s).ContainsAnyExcept(0f) && means[Study.Largest(answers.Row(s))] == asked[s].Class)
                    right++;
            }
        }

        return (right / (seeds * asked.Length), asked.Length);
    }

    // A guided topic is that of its class; another is of the class that has most of it.
    private static int[] ClassesOfTopics(Matrix<float> activations, Corpus texts, int guided)
    {
        var sums = new double[activations.Columns, texts.ClassCount];
        for (var n = 0; n < activations.Rows; n++)
        {
            for (var t = 0; t < activations.Columns; t++)
                sums[t, texts.Classes[n]] += activations[n, t];
        }

        return [.. Enumerable.Range(0, activations.Columns).Select(
            t => t < guided ? t : Enumerable.Range(0, texts.ClassCount).MaxBy(c => sums[t, c]))];
    }
}
