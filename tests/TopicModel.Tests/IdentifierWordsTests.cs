using TopicModel.Corpus;

namespace TopicModel.Tests;

public sealed class IdentifierWordsTests
{
    [Theory]
    [InlineData("HttpClientHandler", "Http Client Handler")]
    [InlineData("HttpClient.SendAsync", "Http Client Send Async")]
    [InlineData("XMLReader", "XML Reader")]
    [InlineData("IPAddress", "IP Address")]
    [InlineData("camelCase_and_snake", "camel Case and snake")]
    [InlineData("Int32Converter", "Int32 Converter")]
    [InlineData("several URIs and IPv4 numbers", "several URIs and IPv4 numbers")]
    [InlineData("Doesn't split a type's prose, nor \"quotes\".", "Doesn't split a type s prose nor quotes")]
    [InlineData("Größe ÄnderungsDatum", "Größe Änderungs Datum")]
    [InlineData("", "")]
    [InlineData(" .,'; ", "")]
    [InlineData("A", "A")]
    public void Identifiers_fall_into_words_and_prose_stays(string text, string words)
        => Assert.Equal(words, IdentifierWords.Split(text));

    [Theory]
    [InlineData("M:System.String.Join``1(System.String,System.Object)", "System.String.Join``1")]
    [InlineData("M:A.B.op_Explicit(A.B)~System.Int32", "A.B.op_Explicit")]
    [InlineData("T:System.Tuple`2", "System.Tuple`2")]
    public void The_path_of_a_member_has_no_parameters(string id, string path)
        => Assert.Equal(path, MemberName.Path(id));

    [Theory]
    [InlineData("System.String.Join``1", "Join")]
    [InlineData("System.Tuple`2", "Tuple")]
    [InlineData("A.B.System#IDisposable#Dispose", "Dispose")]
    public void The_own_name_has_no_container_and_no_arity(string path, string name)
        => Assert.Equal(name, MemberName.Simple(path).ToString());

    [Theory]
    [InlineData("System.Net.Http.HttpClient", "System.Net")]
    [InlineData("Microsoft.AspNetCore.Mvc.Rendering", "Microsoft.AspNetCore.Mvc")]
    [InlineData("System", "System")]
    public void Namespaces_belong_to_families(string name, string family)
        => Assert.Equal(family, MemberName.NamespaceFamily(name));

    [Theory]
    [InlineData("System.Collections.Generic.List`1", "System.Collections.Generic.List<>")]
    [InlineData("System.Tuple`3", "System.Tuple<,,>")]
    [InlineData("System.String", "System.String")]
    public void Generic_types_are_readable(string type, string readable)
        => Assert.Equal(readable, MemberName.Readable(type));
}
