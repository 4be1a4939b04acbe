using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Cnn.Tests.Docs;

/// <summary>The XML documentation of an assembly's types, as Markdown.</summary>
internal sealed partial class XmlDocumentation
{
    private readonly Assembly assembly;
    private readonly Dictionary<string, XElement> members;
    private readonly Func<Type, string> nameOf;

    /// <summary>Reads the documentation that the build writes beside an assembly.</summary>
    /// <param name="assembly">The assembly.</param>
    /// <param name="nameOf">How a page mentions one of its types: a link, or a name.</param>
    public XmlDocumentation(Assembly assembly, Func<Type, string> nameOf)
    {
        this.assembly = assembly;
        this.nameOf = nameOf;
        string path = Path.Combine(AppContext.BaseDirectory, assembly.GetName().Name + ".xml");
        members = XDocument.Load(path, LoadOptions.PreserveWhitespace).Descendants("member")
            .ToDictionary(m => (string)m.Attribute("name")!);
    }

    /// <summary>Returns the paragraphs about a type: its summary, then its remarks.</summary>
    public IReadOnlyList<string> Of(Type type) =>
        members.TryGetValue(Key(type), out XElement? member)
            ? [.. new[] { "summary", "remarks" }.Select(part => member.Element(part)).OfType<XElement>().Select(Text)]
            : [];

    /// <summary>Returns the summary of a property, or that of the parameter of the record that made it.</summary>
    public string Of(PropertyInfo property)
    {
        Type type = property.DeclaringType!;
        XElement? told = members.GetValueOrDefault($"P:{type.FullName}.{property.Name}")?.Element("summary")
            ?? members.GetValueOrDefault(Key(type))?.Elements("param")
                .FirstOrDefault(p => (string?)p.Attribute("name") == property.Name);
        return told is null ? "" : Text(told);
    }

    /// <summary>Returns the types of the assembly that the documentation of a type refers to.</summary>
    public IReadOnlyList<Type> ReferencesOf(Type type) =>
        members.TryGetValue(Key(type), out XElement? member)
            ? [.. member.Descendants("see").Select(TypeOf).OfType<Type>().Distinct()]
            : [];

    private static string Key(Type type) => "T:" + type.FullName!.Replace('+', '.');

    private string Text(XElement element)
    {
        var text = new StringBuilder();
        foreach (XNode node in element.Nodes())
        {
            text.Append(node switch
            {
                XText plain => Markdown.Escape(plain.Value),
                XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
                XElement { Name.LocalName: "see" } see => Mention(see),
                XElement { Name.LocalName: "para" } paragraph => Text(paragraph) + " ",
                XElement other => (string?)other.Attribute("name") is { } name ? $"`{name}`" : Text(other),
                _ => "",
            });
        }

        return Spaces().Replace(text.ToString(), " ").Trim();
    }

    private string Mention(XElement see)
    {
        if (TypeOf(see) is { } type)
        {
            return nameOf(type);
        }

        string name = (string?)see.Attribute("langword") ?? (string?)see.Attribute("cref") ?? see.Value;
        return $"`{name[(name.LastIndexOf('.') + 1)..]}`";
    }

    private Type? TypeOf(XElement see) =>
        (string?)see.Attribute("cref") is { } cref && cref.StartsWith("T:", StringComparison.Ordinal)
            ? assembly.GetType(cref[2..])
            : null;

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
