using Cnn.Engine.Graph;
using Cnn.Engine.Solvers;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cnn.Tests.Proto;

/// <summary>
/// Lists the parts of the schema that the files of a Caffe checkout use, and tests that the files work unchanged.
/// </summary>
[Trait("Category", "Golden")]
public sealed class CaffeCheckoutUseTests
{
    /// <summary>The fields that the files set, by message.</summary>
    public static TheoryData<string, string> Fields => new()
    {
        { "AccuracyParameter", "top_k" },
        { "BlobShape", "dim" },
        { "ContrastiveLossParameter", "margin" },
        { "ConvolutionParameter", "bias_filler bias_term group kernel_size num_output pad stride weight_filler" },
        { "DataParameter", "backend batch_size source" },
        { "DropoutParameter", "dropout_ratio" },
        { "DummyDataParameter", "data_filler shape" },
        { "FillerParameter", "sparse std type value" },
        { "HDF5DataParameter", "batch_size source" },
        { "ImageDataParameter", "batch_size new_height new_width source" },
        { "InnerProductParameter", "bias_filler num_output weight_filler" },
        { "InputParameter", "shape" },
        { "LRNParameter", "alpha beta local_size norm_region" },
        {
            "LayerParameter",
            "accuracy_param bottom contrastive_loss_param convolution_param data_param dropout_param "
                + "dummy_data_param hdf5_data_param image_data_param include inner_product_param input_param "
                + "loss_weight lrn_param name param pooling_param python_param slice_param top transform_param "
                + "type window_data_param"
        },
        { "NetParameter", "layer layers name" },
        { "NetState", "stage" },
        { "NetStateRule", "phase stage" },
        { "ParamSpec", "decay_mult lr_mult name" },
        { "PoolingParameter", "kernel_size pad pool stride" },
        { "PythonParameter", "layer module" },
        { "SliceParameter", "slice_dim slice_point" },
        {
            "SolverParameter",
            "average_loss base_lr delta display gamma lr_policy max_iter momentum momentum2 net net_param "
                + "power random_seed rms_decay snapshot snapshot_format snapshot_prefix solver_mode stepsize "
                + "stepvalue test_compute_loss test_initialization test_interval test_iter test_net test_state "
                + "train_net type weight_decay"
        },
        { "TransformationParameter", "crop_size mean_file mean_value mirror scale" },
        {
            "V1LayerParameter",
            "blobs_lr bottom convolution_param data_param include inner_product_param name pooling_param top "
                + "transform_param type"
        },
        { "WindowDataParameter", "batch_size bg_threshold context_pad crop_mode fg_fraction fg_threshold source" },
    };

    [Theory, MemberData(nameof(Fields))]
    public void TheSchemaHasTheFieldsThatTheyUse(string message, string fields)
    {
        MessageDescriptor descriptor = LayerParameter.Descriptor.File.MessageTypes.Single(m => m.Name == message);
        Assert.Empty(fields.Split(' ').Except(descriptor.Fields.InDeclarationOrder().Select(f => f.Name)));
    }

    // One test, so that one is skipped, however many files it reads.
    [Fact]
    public void ACheckoutIsTakenAsItIs()
    {
        TheFieldsAreThose();
        NetsBuildOrTellTheLineOfWhatIsMissing();
        SolversHaveARuleAndARate();
    }

    private static void TheFieldsAreThose()
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (path, isNet) in Files())
        {
            Collect(
                isNet ? ProtoFile.Load<NetParameter>(path).Message : ProtoFile.Load<SolverParameter>(path).Message,
                found);
        }

        Assert.Equal(
            Fields.SelectMany(r => r.Data.Item2.Split(' ').Select(f => $"{r.Data.Item1}.{f}"))
                .Order(StringComparer.Ordinal), found);
    }

    private static void NetsBuildOrTellTheLineOfWhatIsMissing()
    {
        using var pool = new WorkerPool(1);
        foreach (string path in Files().Where(f => f.IsNet).Select(f => f.Path))
        {
            foreach (Phase phase in (Phase[])[Phase.Train, Phase.Test])
            {
                NetDefinition loaded = NetDefinition.Load(path);
                Assert.Empty(loaded.Warnings);
                var options = new NetOptions { Phase = phase, Pool = pool };
                try
                {
                    using Net net = Net.Construct(loaded, options);
                    Assert.NotEmpty(net.Outputs);
                }
                catch (CnnException exception)
                {
                    Assert.All(exception.Diagnostics, d => Assert.Equal(path, d.Location?.File));

                    // Only missing data or layers that are not built may stop a net; all others have to build.
                    string[] lacking = ["Data", "HDF5Data", "ImageData", "WindowData"];
                    Assert.True(loaded.Message.Layer.Any(l => lacking.Contains(l.Type)), exception.Message);
                }
            }
        }
    }

    private static void SolversHaveARuleAndARate()
    {
        foreach (string path in Files().Where(f => !f.IsNet).Select(f => f.Path))
        {
            SolverDefinition solver = SolverDefinition.Load(path);
            Assert.NotNull(new SolverRegistry().Create(
                new SolverContext { Definition = solver.Message, Sources = solver.Sources }));
            Assert.Equal(solver.Message.BaseLr, new LearningRate(solver.Message, solver.Sources).At(0, out _));
        }
    }

    private static IEnumerable<(string Path, bool IsNet)> Files()
    {
        Assert.SkipWhen(CaffeCheckout.Folder is null, "CNN_CAFFE_CHECKOUT names no checkout of Caffe's sources");
        return CaffeCheckoutTests.Files.Select(
            r => (Path.Combine(CaffeCheckout.Folder!, r.Data.Item1), r.Data.Item2.Length > 0));
    }

    private static void Collect(IMessage message, SortedSet<string> found)
    {
        foreach (FieldDescriptor field in message.Descriptor.Fields.InDeclarationOrder())
        {
            object? value = field.IsRepeated || field.Accessor.HasValue(message)
                ? field.Accessor.GetValue(message)
                : null;
            IMessage[] within = value switch
            {
                IMessage one => [one],
                System.Collections.IList list => [.. list.OfType<IMessage>()],
                _ => [],
            };
            if (value is not null and not System.Collections.IList { Count: 0 })
            {
                found.Add($"{message.Descriptor.Name}.{field.Name}");
            }

            foreach (IMessage inner in within)
            {
                Collect(inner, found);
            }
        }
    }
}
