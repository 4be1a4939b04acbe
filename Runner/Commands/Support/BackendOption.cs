using System.CommandLine;
using Cnn.Proto;

namespace Cnn.Runner.Commands.Support;

/// <summary>
/// The kind of database that Caffe's data tools are told to write, as <c>--backend</c> or as an argument.
/// </summary>
internal static class BackendOption
{
    /// <summary>Creates <c>--backend</c> of a tool that writes.</summary>
    public static Option<string> Create()
    {
        var option = new Option<string>("--backend")
        {
            Description = "The kind of database: lmdb, which Data layers read here and in Caffe.",
            DefaultValueFactory = _ => "lmdb",
        };
        return OptionValues.OneOf(option, StringComparison.Ordinal, "lmdb", "leveldb");
    }

    /// <summary>Creates the argument of the tools that have no option for it.</summary>
    /// <param name="more">Further words to accept, for what is not a database.</param>
    public static Argument<string> Argument(params string[] more)
    {
        string[] words = ["lmdb", "leveldb", .. more];
        var argument = new Argument<string>("backend")
        {
            Description = $"What to write: {string.Join(" or ", words.Except(["leveldb"]))}.",
        };
        argument.CompletionSources.Add(words);
        argument.Validators.Add(result =>
        {
            if (result.Tokens.FirstOrDefault(t => !words.Contains(t.Value)) is { } wrong)
            {
                result.AddError($"<backend> is '{wrong.Value}', it must be {string.Join(" or ", words)}");
            }
        });
        return argument;
    }

    /// <summary>Requires a kind of database that can be written.</summary>
    /// <exception cref="CnnException">It is another.</exception>
    public static void RequireWritable(string backend)
    {
        if (backend != "lmdb")
        {
            throw new CnnException(
                "databases of LevelDB are read here, not written",
                "write lmdb, which Data layers read here and in Caffe (backend: LMDB)");
        }
    }
}
