using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Google.Protobuf.Reflection;
using YamlDotNet.Core;

namespace Cnn.Proto;

/// <summary>
/// Converts options given in C# to the tree that a YAML document of them would be, so that one binder checks both: an
/// object's properties are a map (NumOutput as num_output), sequences are lists, enums are named as in a file.
/// </summary>
/// <param name="at">The place in the code, given to every node.</param>
internal sealed class OptionTree(Mark at)
{
    /// <summary>Returns a map of options.</summary>
    /// <param name="options">An object with properties, or a dictionary; null is an empty map.</param>
    /// <param name="quotesText">
    /// Whether text is marked, so that it can be told from names and numbers, as options of plug-ins need.
    /// </param>
    public YamlNode Map(object? options, bool quotesText = false)
    {
        var map = new YamlNode(YamlKind.Map, at, null);
        foreach ((string name, object? value) in Members(options))
        {
            if (value is not null)
            {
                map.Entries.Add((Text(name), Node(value, quotesText)));
            }
        }

        return map;
    }

    /// <summary>Returns a plain word.</summary>
    public YamlNode Text(string word) => new(YamlKind.Scalar, at, word.Length == 0 ? YamlTags.Text : null)
    {
        Text = word, IsPlain = true,
    };

    /// <summary>Returns a list of plain words.</summary>
    public YamlNode Texts(IEnumerable<string> words) => List(words.Select(Text));

    private static IEnumerable<(string Name, object? Value)> Members(object? options) => options switch
    {
        null => [],
        IDictionary pairs => pairs.Keys.Cast<object>().Select(k => ($"{k}", pairs[k])),
        _ => options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.GetIndexParameters().Length == 0)
            .Select(p => (JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name), p.GetValue(options))),
    };

    private YamlNode Node(object value, bool quotesText) => value switch
    {
        string text when quotesText => new YamlNode(YamlKind.Scalar, at, YamlTags.Text) { Text = text },
        string text => Text(text),
        bool flag => Text(flag ? "true" : "false"),
        Enum name => Text(NameOf(name)),
        float.PositiveInfinity or double.PositiveInfinity => Text(".inf"),
        float.NegativeInfinity or double.NegativeInfinity => Text("-.inf"),
        float.NaN or double.NaN => Text(".nan"),
        IFormattable number when value.GetType().IsPrimitive =>
            Text(number.ToString(null, CultureInfo.InvariantCulture)),
        IDictionary => Map(value, quotesText),
        IEnumerable many => List(many.Cast<object?>().OfType<object>().Select(v => Node(v, quotesText))),
        _ => Map(value, quotesText),
    };

    private YamlNode List(IEnumerable<YamlNode> items)
    {
        var list = new YamlNode(YamlKind.List, at, null);
        list.Items.AddRange(items);
        return list;
    }

    private static string NameOf(Enum value) =>
        value.GetType().GetField(value.ToString())?.GetCustomAttribute<OriginalNameAttribute>()?.Name
        ?? JsonNamingPolicy.SnakeCaseUpper.ConvertName(value.ToString());
}
