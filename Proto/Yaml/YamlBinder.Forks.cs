using Cnn.Proto.Forks;
using Google.Protobuf;
using YamlDotNet.Core;

namespace Cnn.Proto;

/// <summary>
/// Handles keys that the schema does not have: hints of forks are ignored, blocks that may be a plug-in's are kept as
/// free form, and all others are mistakes.
/// </summary>
internal sealed partial class YamlBinder
{
    // Whether the layer's type may be a plug-in's.
    private static bool IsForeignType(List<(YamlNode Key, YamlNode Value)> layer)
    {
        string type = layer.Find(e => e.Key.Text == "type").Value?.Text ?? "";
        return type.Length > 0 && !SchemaTypes.Has(type);
    }

    private void UnknownField(IMessage message, YamlNode key, YamlNode value, int depth, bool takesForeign)
    {
        if (IgnoredFields.Has(message.Descriptor, key.Text))
        {
            IgnoredField(message, key, value, depth);
            return;
        }

        if (takesForeign && value.Kind == YamlKind.Map && YamlScalar.IsName(key.Text))
        {
            if (OptionOf(key, value, depth) is { } option)
            {
                ((LayerParameter)message).ForeignBlock.Add(option);
            }

            return;
        }

        var problem = ForkMessages.UnknownField(key.Text, message.Descriptor);
        bool isOfFork = problem.IsOfFork || SourceFields.MayHave(message.Descriptor, problem.Hint);
        ReportOfFork(message, key.At, problem.Message, problem.Hint, isOfFork);
    }

    // What forks have is reported once a file; in a source of data, where the source is used.
    private void ReportOfFork(IMessage message, Mark at, string problem, string? hint, bool isOfFork)
    {
        if (isOfFork && postpones && SourceFields.Has(message.Descriptor))
        {
            sources.Postpone(message, new Diagnostic(problem, places.At(at), hint));
        }
        else if (isOfFork)
        {
            places.ReportOnce(at, problem, hint);
        }
        else
        {
            places.Report(at, problem, hint);
        }
    }

    private void IgnoredField(IMessage message, YamlNode key, YamlNode value, int depth)
    {
        if (OptionOf(key, value, depth) is not { } option)
        {
            return;
        }

        if (IgnoredFields.Problem(message.Descriptor, option) is { } problem)
        {
            places.ReportOnce(key.At, problem.Message, problem.Hint);
        }
        else
        {
            ignored.Add(key.Text, places.At(key.At));
        }
    }
}
